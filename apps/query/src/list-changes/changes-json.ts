import type { ChangeKey } from './change-cursors.js';

const BEFORE = '{"data":[';

/** The rows of a page. Callers who share a reading share the bytes that are made of it. */
export interface PageRows {
  /** The place of the last change; undefined: there is none. */
  readonly last: ChangeKey | undefined;
  /** `{"data":[...],"after":"..."}` in UTF-8. */
  readonly json: (after: string) => Buffer;
}

/** By the documents of a reading. */
const known = new WeakMap<readonly string[], PageRows>();

/** @param documents undefined: too many to send */
export function pageRows(documents: readonly string[] = []): PageRows {
  const rows = known.get(documents) ?? readRows(documents);
  known.set(documents, rows);
  return rows;
}

function readRows(documents: readonly string[]): PageRows {
  const rows = documents.map(changeRow);
  const last = rows.at(-1);
  let made: { readonly after: string; readonly bytes: Buffer } | undefined;
  const json = (after: string) => {
    if (made?.after !== after) made = { after, bytes: changesJson(rows, after) };
    return made.bytes;
  };
  return { last: last && keyOfRow(last), json };
}

/** A row of the page: its turn, which callers do not see, and the JSON of the change. */
interface ChangeRow {
  readonly turn: string;
  readonly json: string;
}

function changeRow(text: string): ChangeRow {
  const start = text.indexOf('{');
  return { turn: text.slice(0, start), json: text.slice(start) };
}

/** The place of a change. The statement writes position and id first. */
function keyOfRow({ turn, json }: ChangeRow): ChangeKey {
  const [, position, id] = /^\{"position":(\d+),"id":(\d+),/.exec(json)!;
  return { position: position!, turn, id: id! };
}

/** The number of bytes of a page at most. @param bytes of the rows, each with a comma after it */
export function changesSize(bytes: number, after: string): number {
  return BEFORE.length + bytes + end(after).length;
}

function changesJson(rows: readonly ChangeRow[], after: string): Buffer {
  return Buffer.from(`${BEFORE}${rows.map(({ json }) => json).join(',')}${end(after)}`);
}

function end(after: string): string {
  return `],"after":"${after}"}`;
}
