import type { ClientBase } from 'pg';
import type { RowLoss } from '../job.js';
import type { Projection } from '../projection.js';

/** A loss smaller than this needs no operator, whatever its share: in a short list every change is a large share. */
const TOO_FEW_TO_ASK = 100;

/** @param percent the share of the list that may be lost without an operator */
export function isTooMuch({ from, to }: RowLoss, percent: number): boolean {
  const lost = from - to;
  return lost >= TOO_FEW_TO_ASK && lost > (from * percent) / 100;
}

/** How many rows the list holds in the first generation and would hold in the second. */
export async function lossBetween(
  client: ClientBase,
  projection: Projection,
  live: number,
  next: number,
): Promise<RowLoss> {
  return { from: await projection.countRows(client, live), to: await projection.countRows(client, next) };
}

export function lossInWords({ words }: Pick<Projection, 'words'>, { from, to }: RowLoss): string {
  const count = (rows: number) => new Intl.NumberFormat('en').format(rows);
  return `the list would go from ${count(from)} to ${count(to)} ${words.rows}`;
}
