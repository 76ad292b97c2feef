import { createHash } from 'node:crypto';
import { ServiceError } from '#service-runtime/service-error.js';
import { inOrder } from '../auth/scope.js';
import type { Moment } from '../reading/change-pulse.js';
import type { ReadModelState } from '../reading/reading.js';
import { readHeaders } from '../reading/read-headers.js';
import { SignedTexts } from '../reading/signed-texts.js';

const SCOPE_CHARACTERS = 22;

/** The place of one row in the order of all changes. Rows that changed together have the ids of their tokens to tell them apart. */
export interface ChangeKey {
  readonly position: string;
  readonly turn: string;
  readonly id: string;
}

/** How far a caller has read, in the order of a lineage. */
export interface ReadSoFar {
  /** When the last page was read; undefined: none was. */
  readonly at: Moment | undefined;
  /** The place of the last change that the caller was given. */
  readonly key: ChangeKey;
  /** Set if the caller had everything up to the moment: the last page was not full. */
  readonly hadAll: boolean;
}

const NOTHING: ReadSoFar = { at: undefined, key: { position: '0', turn: '0', id: '0' }, hadAll: false };
const HAD_ALL = 'all';

/** Texts of the first releases lack the last. */
type Parts = [string, string, string, string, string, string, string, string?];

/** Reads and writes `after` for a caller who may see certain customers. */
export class ChangeCursors {
  /** The same for all who may see the same customers. */
  readonly scope: string;
  private readonly texts: SignedTexts;

  /**
   * @param key shared by all instances
   * @param customers null: all customers
   */
  constructor(key: Buffer, customers: readonly number[] | null) {
    // A cursor of a list is signed with the same key.
    this.texts = new SignedTexts(key, (text) => `changes\n${text}`);
    const theirs = JSON.stringify(inOrder(customers));
    this.scope = createHash('sha256').update(theirs).digest('base64url').slice(0, SCOPE_CHARACTERS);
  }

  /** @throws {ServiceError} 400 unless an answer of the feed gave it; 410 if it gave it to a caller who may see other customers */
  read(after: string | undefined): ReadSoFar {
    if (after === undefined) return NOTHING;
    const text = this.texts.read(after);
    if (text === undefined) throw notOfTheFeed();
    const [scope, lineage, position, turn, id, atPosition, atTurns, last] = text.split(' ') as Parts;
    if (scope !== this.scope) throw beginAgain('it was given to a caller who may see other customers than you may now');
    return {
      at: { lineage, position: Number(atPosition), turns: Number(atTurns) },
      key: { position, turn, id },
      hadAll: last === HAD_ALL,
    };
  }

  /** @param at when the page was read */
  write({ at, key: { position, turn, id }, hadAll }: ReadSoFar & { readonly at: Moment }): string {
    const parts = [this.scope, at.lineage, position, turn, id, at.position, at.turns];
    return this.texts.write([...parts, ...(hadAll ? [HAD_ALL] : [])].join(' '));
  }
}

/** @throws {ServiceError} 410 if a caller has read in another lineage than that of an answer */
export function ensureLineage({ at }: ReadSoFar, current: string, state: ReadModelState): void {
  if (at === undefined || at.lineage === current) return;
  throw beginAgain('the read model was made from another stream, or of other rows, since it was given', state);
}

function beginAgain(because: string, state?: ReadModelState): ServiceError {
  const message = `after is no longer valid, because ${because}: begin again without it, and remove every token that the new answers do not bring`;
  return new ServiceError(410, `${message}.`, { headers: state ? readHeaders(state) : {} });
}

function notOfTheFeed(): ServiceError {
  const message =
    'is not the text that an answer of the change feed gave: send it as it was, or begin again without it';
  return new ServiceError(400, `after ${message}.`, { details: [{ param: 'after', message }] });
}
