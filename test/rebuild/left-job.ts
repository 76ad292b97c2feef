import type { StoredJob } from '#projection/job.js';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { createGeneration } from '#projection/store/generations.js';
import { inTransaction } from '#projection/store/transaction.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import type { TestDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';

/** To go to the generation that was replaced last, as a process leaves it that is killed right after. */
export async function leaveRollback(database: TestDatabase, order: Partial<StoredJob> = {}): Promise<void> {
  await database.query(
    `update generation set job = $1
    where number = (select number from generation where state = 'previous' order by retired_at desc limit 1)`,
    [JSON.stringify(begun({ kind: 'rollback', ...order }))],
  );
}

function begun(order: Partial<StoredJob>): StoredJob {
  const startedAt = new Date().toISOString();
  return { ...PLAIN_REBUILD, startedAt, requested: 'run', phase: 'filling', mustBeCompared: true, ...order };
}

/** A rebuild to these tables that has just begun, as a process leaves it that is killed right after. */
export async function leaveJob(
  database: TestDatabase,
  schemaVersion: number,
  order: Partial<StoredJob> = {},
): Promise<void> {
  const projection = { ...TOKEN_PROJECTION, schemaVersion };
  const job = begun(order);
  await withClient(database.url, (client) => inTransaction(client, () => createGeneration(client, projection, job)));
}
