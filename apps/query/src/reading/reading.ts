import type { HeldMemory } from './answer-memory.js';
import { HEAD, TOO_LONG } from './snapshot.sql.js';

/** The state of the read model when an answer was read. */
export interface ReadModelState {
  /** Stream sequence of the last event whose effect is in the answer. */
  readonly position: string;
  /** Milliseconds since the read model was last known to hold everything in the stream. */
  readonly lagMs: string;
  /** Set while no projector keeps the read model up to date, because its stream was replaced, rewound or purged. */
  readonly staleBecause: string | undefined;
}

/** The stream has lost its first messages. The sequences of the others still mean the same. */
const SAME_HISTORY = 'source-purged';

/**
 * Whether the position is of another history than the stream that is there now: that was deleted and created again, or restored from an
 * older copy. Then the sequences of its messages cannot be compared with the position.
 */
export function isOfAnotherStream({ staleBecause }: ReadModelState): boolean {
  return staleBecause !== undefined && staleBecause.startsWith('source-') && staleBecause !== SAME_HISTORY;
}

/** Whether an answer of this state holds all events up to a sequence of the stream. */
export function hasReached(state: ReadModelState, wanted: bigint): boolean {
  return wanted === 0n || (BigInt(state.position) >= wanted && !isOfAnotherStream(state));
}

/** What the first row of an answer says. */
export interface AnswerHead {
  readonly state: ReadModelState;
  readonly count: string;
}

export interface Reading extends AnswerHead {
  /** undefined: the documents have more bytes than the caller can take. */
  readonly documents: readonly string[] | undefined;
  /** The size of all documents, each with a comma after it. */
  readonly bytes: number;
  /** The memory that the rows take. The caller releases it. */
  readonly held: HeldMemory;
}

/**
 * First row: "# position lag stale count" and perhaps the bytes of all documents; stale is `-` when the read model is not stale. Every
 * further row: a document, or a mark for one that is too long. Without such a first row the generation is not live.
 */
export type Row = [text: string];

/** undefined if the text is no first row. */
export function headOf(text: string | undefined): (AnswerHead & { readonly counted?: string | undefined }) | undefined {
  if (!text?.startsWith(HEAD)) return undefined;
  const [, position, lagMs, stale, count, counted] = text.split(' ') as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  return { state: { position, lagMs, staleBecause: stale === '-' ? undefined : stale }, count, counted };
}

/** undefined if the first row is missing: the page was read from a generation that is not live. */
export function reading(rows: readonly Row[], held: HeldMemory): Reading | undefined {
  const head = headOf(rows[0]?.[0]);
  if (!head) {
    held.release();
    return undefined;
  }
  const { state, count, counted } = head;
  const { documents, bytes, areAll } = documentsOf(rows);
  if (counted !== undefined && Number(counted) > bytes)
    return { state, count, documents: undefined, bytes: Number(counted), held };
  return { state, count, documents: areAll ? documents : undefined, bytes, held };
}

interface Documents {
  readonly documents: readonly string[];
  readonly bytes: number;
  /** Whether no document is too long. */
  readonly areAll: boolean;
}

function documentsOf(rows: readonly Row[]): Documents {
  const documents = new Array<string>(rows.length - 1);
  let bytes = documents.length;
  let areAll = true;
  for (let i = 1; i < rows.length; i += 1) {
    const [text] = rows[i]!;
    documents[i - 1] = text;
    const isMark = text.startsWith(TOO_LONG);
    areAll &&= !isMark;
    bytes += isMark ? Number(text.slice(TOO_LONG.length)) : Buffer.byteLength(text);
  }
  return { documents, bytes, areAll };
}
