import pg from 'pg';
import { atEnd } from '../support/at-end.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

/** Keeps every batch from writing tokens; readers are not held up. */
export const STALL_BATCHES = 'lock table token_1 in share row exclusive mode';

/** Runs a statement in a transaction of another session, which keeps its locks. @returns what lets them go */
export async function holdLocks(
  database: TestDatabase,
  statement: string,
  application = 'test-locks',
): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url, application_name: application });
  // The server may be killed meanwhile.
  client.on('error', () => undefined);
  await client.connect();
  let released: Promise<void> | undefined;
  const release = () => (released ??= client.end());
  atEnd('releasing locks', release);
  await client.query('begin');
  await client.query(statement);
  return release;
}

/** Waits until a batch stands before a lock, inside its transaction. */
export async function batchWaitsForLock(database: TestDatabase): Promise<void> {
  await eventually('a batch to wait for the lock', async () => {
    const [waiting] = await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'token-projector' and wait_event_type = 'Lock'`,
    );
    return waiting;
  });
}
