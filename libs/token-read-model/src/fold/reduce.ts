import type { DomainEvent, MembershipEvent, TokenState } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';

/** The last version and time of a (token, group) pair, or of a deleted group. */
export interface Dated {
  readonly version: number;
  readonly time: Instant;
}

export interface MembershipEntry extends Dated {
  readonly isMember: boolean;
}

/** A value and the event that brought it. */
interface Sourced<T> {
  readonly value: T;
  readonly event: DomainEvent;
}

/** A batch reduced to the highest version per key. The order of its events no longer matters. */
export interface ReducedBatch {
  readonly tokens: ReadonlyMap<number, Sourced<TokenState>>;
  readonly erasures: ReadonlyMap<number, Sourced<{ readonly version: number }>>;
  /** By token, then by group. */
  readonly memberships: ReadonlyMap<number, ReadonlyMap<number, Sourced<MembershipEntry>>>;
  readonly deletions: ReadonlyMap<number, Sourced<Dated>>;
}

/** A batch without events. */
export const EMPTY_BATCH: ReducedBatch = reduceBatch([]);

type Winners<T> = Map<number, Sourced<T>>;

/** Pure. Of two events with the same key and version it keeps the first: both name the same state. */
export function reduceBatch(events: readonly DomainEvent[]): ReducedBatch {
  const tokens: Winners<TokenState> = new Map();
  const erasures: Winners<{ readonly version: number }> = new Map();
  const memberships = new Map<number, Winners<MembershipEntry>>();
  const deletions: Winners<Dated> = new Map();
  for (const event of events) {
    switch (event.type) {
      case 'token.created':
      case 'token.updated':
      case 'token.activated':
      case 'token.deactivated':
        keepHighest(tokens, event.data.id, event.data, event);
        break;
      case 'token.deleted':
        keepHighest(tokens, event.data.id, { ...event.data, isActive: false }, event);
        break;
      case 'token-group.tokens-added':
      case 'token-group.tokens-removed':
        keepMemberships(memberships, event);
        break;
      case 'token-group.deleted':
        keepHighest(deletions, event.data.tokenGroupId, { version: event.data.version, time: event.time }, event);
        break;
      case 'token.erased':
        keepHighest(erasures, event.data.id, event.data, event);
        break;
    }
  }
  return { tokens, erasures, memberships, deletions };
}

function keepHighest<T extends { readonly version: number }>(
  winners: Winners<T>,
  key: number,
  value: T,
  event: DomainEvent,
): void {
  const known = winners.get(key);
  if (!known || value.version > known.value.version) winners.set(key, { value, event });
}

function keepMemberships(memberships: Map<number, Winners<MembershipEntry>>, event: MembershipEvent): void {
  const { tokenGroupId, version, tokenIds } = event.data;
  const entry: MembershipEntry = { version, time: event.time, isMember: event.type === 'token-group.tokens-added' };
  for (const tokenId of tokenIds) {
    let groups = memberships.get(tokenId);
    if (!groups) memberships.set(tokenId, (groups = new Map<number, Sourced<MembershipEntry>>()));
    keepHighest(groups, tokenGroupId, entry, event);
  }
}
