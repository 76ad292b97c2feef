import type { TestDatabase } from './database.js';

/**
 * Whether a connection in this database waits for such a lock. Other test files have their locks on the same server, under the same
 * numbers.
 */
export async function isLockAwaited(database: TestDatabase, which: string): Promise<boolean> {
  const found = await database.query(
    `select 1 from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database() and ${which}`,
  );
  return found.length > 0;
}

/** Whether a request about the job waits for the transaction that has locked the job's row. */
export async function isRequestWaiting(database: TestDatabase): Promise<boolean> {
  const found = await database.query(
    `select 1 from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database() and query like '%job || %'`,
  );
  return found.length > 0;
}
