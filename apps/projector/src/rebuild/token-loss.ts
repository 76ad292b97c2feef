import type { ClientBase } from 'pg';
import { ALL_CUSTOMERS } from '#read-model/count-table.js';
import { generationTables } from '#read-model/generation-tables.js';
import type { TokenLoss } from '#read-model/job.js';

/** A smaller loss is no ground to ask, whatever its share: in a list of a few tokens every change is a large share. */
const TOO_FEW_TO_ASK = 100;

/** @param percent the share of the list that may go without an operator */
export function isTooMuch({ from, to }: TokenLoss, percent: number): boolean {
  const lost = from - to;
  return lost >= TOO_FEW_TO_ASK && lost > (from * percent) / 100;
}

/** How many tokens the list holds in one generation and would hold in the other. */
export async function tokensIn(client: ClientBase, live: number, next: number): Promise<TokenLoss> {
  const sum = (generation: number) =>
    `(select coalesce(sum(tokens), 0) from ${generationTables(generation).tokenCount} where customer_id = ${ALL_CUSTOMERS})`;
  const { rows } = await client.query<{ from: string; to: string }>(`select ${sum(live)} as from, ${sum(next)} as to`);
  return { from: Number(rows[0]!.from), to: Number(rows[0]!.to) };
}

export function lossInWords({ from, to }: TokenLoss): string {
  const count = (tokens: number) => new Intl.NumberFormat('en').format(tokens);
  return `the list would go from ${count(from)} to ${count(to)} tokens`;
}
