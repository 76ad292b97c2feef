import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';

/**
 * Does work without the indexes of the change feed. A row that is written with every event holds the place of the last change, so these
 * indexes are what the feed costs.
 */
export async function withoutChangeIndexes<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  const indexes = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string; sql: string }>(
      `select indexname as name, indexdef as sql from pg_indexes where tablename = $1 and indexdef like '%position%'`,
      [generationTables(1).tokenUpdated],
    );
    for (const { name } of rows) await client.query(`drop index ${name}`);
    return rows;
  });
  try {
    return await work();
  } finally {
    await withClient(databaseUrl, async (client) => {
      for (const { sql } of indexes) await client.query(sql);
    });
  }
}
