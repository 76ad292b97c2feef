import pg from 'pg';
import { atEnd } from '../support/at-end.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

/**
 * Keeps the generation that is being made from getting on: none of its tokens can be written until `release` is called.
 * @returns its number, and what lets it go on
 */
export async function holdGeneration(
  database: TestDatabase,
): Promise<{ number: number; release: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'test' });
  await client.connect();
  let released: Promise<void> | undefined;
  const release = () => (released ??= client.end());
  atEnd('letting a generation go', release);
  const number = await eventually(
    'a generation that is being made',
    async () => {
      const { rows } = await client.query<{ number: number }>(
        `select number from generation where state <> 'live' and job is not null`,
      );
      return rows[0]?.number;
    },
    { every: 5 },
  );
  await client.query(`begin; lock table token_${number} in share row exclusive mode`);
  return { number, release };
}
