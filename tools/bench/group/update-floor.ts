import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';

/** Times in seconds. */
export interface FloorSeconds {
  readonly token: number;
  /** The same transaction continues with the other table that a deletion changes, and ends with the commit. */
  readonly both: number;
}

/**
 * The time that PostgreSQL itself needs to write the rows that the deletion of a group changes: one plain update per table, of the same
 * columns.
 */
export function updateFloor(databaseUrl: string, tokens: number): Promise<FloorSeconds> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ number: number }>(`select number from generation where state = 'live'`);
    const { token, tokenUpdated } = generationTables(rows[0]!.number);
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1_000;
    await client.query('begin');
    await client.query(
      `update ${token} set version = version, customer_id = customer_id, facet = facet, created_at = created_at, valid_from = valid_from,
        expires_at = expires_at, own_updated_at = own_updated_at, document = replace(document, '"comment":', '"comment": ')
      where id <= $1`,
      [tokens],
    );
    const ofToken = elapsed();
    await client.query(
      `update ${tokenUpdated} set customer_id = customer_id, facet = facet, updated_at = updated_at + interval '1 second' where id <= $1`,
      [tokens],
    );
    await client.query('commit');
    return { token: ofToken, both: elapsed() };
  });
}
