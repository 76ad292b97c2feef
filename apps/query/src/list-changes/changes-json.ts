import type { ChangeKey } from './change-cursors.js';

const BEFORE = '{"data":[';

/** A row of the page: its turn, which callers do not see, and the JSON of the change. */
export interface ChangeRow {
  readonly turn: string;
  readonly json: string;
}

export function changeRow(text: string): ChangeRow {
  const start = text.indexOf('{');
  return { turn: text.slice(0, start), json: text.slice(start) };
}

/** The place of a change. The statement writes position and id first. */
export function keyOfRow({ turn, json }: ChangeRow): ChangeKey {
  const [, position, id] = /^\{"position":(\d+),"id":(\d+),/.exec(json)!;
  return { position: position!, turn, id: id! };
}

/** The number of bytes of {@link changesJson} at most. @param bytes of the rows, each with a comma after it */
export function changesSize(bytes: number, after: string): number {
  return BEFORE.length + bytes + end(after).length;
}

export function changesJson(rows: readonly ChangeRow[], after: string): Buffer {
  return Buffer.from(`${BEFORE}${rows.map(({ json }) => json).join(',')}${end(after)}`);
}

function end(after: string): string {
  return `],"after":"${after}"}`;
}
