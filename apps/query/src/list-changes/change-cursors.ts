import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '#service-runtime/service-error.js';
import type { ReadModelState } from '../reading/reading.js';
import { readHeaders } from '../reading/read-headers.js';

const SIGNATURE_BYTES = 16;
const SCOPE_CHARACTERS = 22;

/** The place of one row in the order of all changes. Rows that changed together have the ids of their tokens to tell them apart. */
export interface ChangeKey {
  readonly position: string;
  readonly turn: string;
  readonly id: string;
}

/** How far a caller has read, and in which lineage; undefined: in none yet. */
export interface ReadSoFar {
  readonly lineage: string | undefined;
  readonly key: ChangeKey;
}

const NOTHING: ReadSoFar = { lineage: undefined, key: { position: '0', turn: '0', id: '0' } };

/** Reads and writes `after` for a caller who may see certain customers. */
export class ChangeCursors {
  private readonly scope: string;

  /**
   * @param key shared by all instances
   * @param customers null: all customers
   */
  constructor(
    private readonly key: Buffer,
    customers: readonly number[] | null,
  ) {
    const theirs = JSON.stringify(customers && [...customers].sort((a, b) => a - b));
    this.scope = createHash('sha256').update(theirs).digest('base64url').slice(0, SCOPE_CHARACTERS);
  }

  /** @throws {ServiceError} 400 unless an answer of the feed gave it; 410 if it gave it to a caller who may see other customers */
  read(after: string | undefined): ReadSoFar {
    if (after === undefined) return NOTHING;
    const bytes = Buffer.from(after, 'base64url');
    const text = bytes.toString('latin1', SIGNATURE_BYTES);
    const isSigned =
      bytes.length > SIGNATURE_BYTES &&
      // Node passes over characters that are not of base64url.
      bytes.toString('base64url') === after &&
      timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), this.signature(text));
    if (!isSigned) throw notOfTheFeed();
    const [scope, lineage, position, turn, id] = text.split(' ') as [string, string, string, string, string];
    if (scope !== this.scope) throw beginAgain('it was given to a caller who may see other customers than you may now');
    return { lineage, key: { position, turn, id } };
  }

  write(lineage: string, { position, turn, id }: ChangeKey): string {
    const text = [this.scope, lineage, position, turn, id].join(' ');
    return Buffer.concat([this.signature(text), Buffer.from(text, 'latin1')]).toString('base64url');
  }

  /** The signature is of the feed alone: a cursor of a list is signed with the same key. */
  private signature(text: string): Buffer {
    return createHmac('sha256', this.key).update(`changes\n${text}`).digest().subarray(0, SIGNATURE_BYTES);
  }
}

/** @throws {ServiceError} 410 if a caller has read in another lineage than that of an answer */
export function ensureLineage({ lineage }: ReadSoFar, current: string, state: ReadModelState): void {
  if (lineage === undefined || lineage === current) return;
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
