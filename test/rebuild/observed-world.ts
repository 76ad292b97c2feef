import type { TokenDocument } from '#token-read-model/document.js';
import type { TokenState } from '#token-contract/events.js';
import { aMembershipEvent, anErasure, aTokenEvent, aTokenState, type CloudEvent } from '../support/builders.js';

/** Far from the ids of everything else. */
const FIRST_ID = 10_000_001;
const TOKENS = 60;
const GROUPS = 5;
const START = Date.UTC(2026, 0, 1);
export const OBSERVED_CUSTOMERS = [1, 2, 3] as const;

interface Token {
  state: TokenState | null;
  version: number;
  readonly groups: Map<number, string>;
  readonly left: Map<number, string>;
  /** What it looked like from a sequence on; null: not in the list. */
  readonly history: { readonly sequence: number; readonly document: TokenDocument | null }[];
}

/**
 * Some tokens that change all the time: states, owners, memberships, erasures and returns. Remembers by stream sequence how each
 * looked, so that every answer can be compared with what was true at its position.
 */
export class ObservedWorld {
  private readonly tokens: Token[] = Array.from({ length: TOKENS }, () => ({
    state: null,
    version: 0,
    groups: new Map(),
    left: new Map(),
    history: [],
  }));
  private groupVersion = 0;
  private steps = 0;

  /** The next change, and what to call with the sequence under which it was stored. */
  next(): { event: CloudEvent; stored: (sequence: number) => void } {
    const step = this.steps++;
    const index = (step * 7) % TOKENS;
    const token = this.tokens[index]!;
    const id = FIRST_ID + index;
    const time = new Date(START + step * 1_000).toISOString();
    const event = this.change(token, id, step, time);
    const document = documentOf(token);
    return { event, stored: (sequence) => token.history.push({ sequence, document }) };
  }

  /** The tokens of a customer as they were at a position, highest id first. */
  tokensAt(position: number, customerId: number): TokenDocument[] {
    const documents = this.tokens.map(
      ({ history }) => history.findLast(({ sequence }) => sequence <= position)?.document,
    );
    return documents
      .filter((document) => document?.customerId === customerId)
      .map((document) => document!)
      .reverse();
  }

  private change(token: Token, id: number, step: number, time: string): CloudEvent {
    if (token.state && step % 4 === 1) return this.changeMembership(token, id, step, time);
    token.version += 1;
    if (token.state && step % 29 === 0) {
      token.state = null;
      return anErasure({ id, version: token.version }, { time });
    }
    token.state = aTokenState({
      id,
      version: token.version,
      customerId: OBSERVED_CUSTOMERS[step % OBSERVED_CUSTOMERS.length]!,
      updatedAt: time,
      isActive: step % 5 !== 0,
      comment: `step ${step}`,
    });
    return aTokenEvent('token.updated', token.state);
  }

  private changeMembership(token: Token, id: number, step: number, time: string): CloudEvent {
    const tokenGroupId = 1 + (step % GROUPS);
    const isJoining = !token.groups.has(tokenGroupId);
    (isJoining ? token.left : token.groups).delete(tokenGroupId);
    (isJoining ? token.groups : token.left).set(tokenGroupId, time);
    this.groupVersion += 1;
    const type = isJoining ? 'token-group.tokens-added' : 'token-group.tokens-removed';
    return aMembershipEvent(type, { tokenGroupId, version: this.groupVersion, tokenIds: [id] }, { time });
  }
}

function documentOf({ state, groups, left }: Token): TokenDocument | null {
  if (!state) return null;
  const { version: _, updatedAt, createdAt, ...rest } = state;
  const latest = [updatedAt, ...groups.values(), ...left.values()].sort().at(-1)!;
  const { id, customerId, identifier, ...others } = rest;
  return {
    id,
    customerId,
    identifier,
    createdAt,
    updatedAt: latest,
    ...others,
    tokenGroupIds: [...groups.keys()].sort((a, b) => a - b),
  };
}
