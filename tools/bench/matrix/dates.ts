import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';
import { LIMIT } from './combinations.js';
import type { Aimed } from './targets.js';

const { token, tokenUpdated } = generationTables(1);
const SHARES = [0.01, 0.5, 0.99] as const;
const FILTERS = [
  { parameter: 'validFrom', column: 'valid_from' },
  { parameter: 'expiresFrom', column: 'expires_at' },
] as const;
/** For every filter whose matches have to be counted, but a search. */
export const TARGET = { page: 10, count: 60 };

/** Both date filters, with values that match 1 %, 50 % and 99 % of the tokens that have such a date. */
export async function dateRequests(databaseUrl: string): Promise<Aimed[]> {
  const aimed: Aimed[] = [];
  for (const { parameter, column } of FILTERS) {
    for (const share of SHARES) {
      const instant = await instantFor(databaseUrl, column, share);
      const what = `${parameter} matching ${share * 100} %${column === 'expires_at' ? ' of those that expire' : ''}`;
      aimed.push({ what, request: { [parameter]: instant, limit: LIMIT }, target: TARGET });
    }
  }
  return aimed;
}

/** The instant from which on this share of the tokens has a time in the column. */
export function instantFor(databaseUrl: string, column: string, share: number): Promise<string> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ instant: Date }>(
      `select percentile_disc($1::float8) within group (order by ${column}) as instant
      from ${column === 'updated_at' ? tokenUpdated : token} where ${column} < 'infinity'`,
      [1 - share],
    );
    return rows[0]!.instant.toISOString();
  });
}
