import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { withClient } from '../support/with-client.js';

/** Resolves as soon as a projector is seen between two statements of a batch's transaction. */
export async function seenInTransaction(database: TestDatabase): Promise<void> {
  await withClient(database.url, async (client) => {
    const look = async () => {
      const { rowCount } = await client.query(
        `select 1 from pg_stat_activity
        where datname = current_database() and application_name = 'token-projector' and state = 'idle in transaction'`,
      );
      return rowCount !== 0;
    };
    await eventually('a projector to be seen inside a transaction', look, { every: 0 });
  });
}
