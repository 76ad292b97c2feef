import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { createGeneration } from '#projection/store/generations.js';
import { inTransaction } from '#projection/store/transaction.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import type { TestDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';

/** A rebuild to these tables that has just begun, as a process leaves it that is killed right after. */
export async function leaveJob(
  database: TestDatabase,
  schemaVersion: number,
  { mustBeCompared = true } = {},
): Promise<void> {
  const projection = { ...TOKEN_PROJECTION, schemaVersion };
  const startedAt = new Date().toISOString();
  const job = { ...PLAIN_REBUILD, startedAt, requested: 'run', phase: 'filling', mustBeCompared } as const;
  await withClient(database.url, (client) => inTransaction(client, () => createGeneration(client, projection, job)));
}
