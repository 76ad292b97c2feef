import { pino } from 'pino';
import type { Engine } from '#projection/engine.js';
import { beginSchemaChange } from '#projection/rebuild/begin-schema-change.js';
import { listGenerations } from '#projection/store/generations.js';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { createDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';
import { leaveJob } from './left-job.js';

const NEWER = SCHEMA_VERSION + 1;

test('no projector changes the schema again that another one of its release has just changed', async () => {
  const database = await createDatabase();
  const projection = { ...TOKEN_PROJECTION, schemaVersion: NEWER };
  const settings = { databaseMaxBytes: 'unlimited' };
  const engine = { projection, settings, logger: pino({ level: 'silent' }) } as unknown as Engine;
  await withClient(database.url, async (client) => {
    const generations = await listGenerations(client, projection);
    await leaveJob(database, NEWER);
    await client.query(`update generation set state = 'previous', retired_at = now() where state = 'live'`);
    await client.query(`update generation set state = 'live', job = null where number = 2`);
    expect(await beginSchemaChange(engine, client, generations)).toBeUndefined();
    expect(await listGenerations(client, projection)).toHaveLength(2);
  });
});
