import { setTimeout as sleep } from 'node:timers/promises';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { connectForComparison } from '#projection/store/snapshot-client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const LIMIT_MS = 400;
const LONGER_MS = 600;

/** Many set them against statements that somebody forgot. A job that one of them ends would begin again for ever. */
describe('limits that a database has for all sessions', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(`do $$ declare name text; begin
      for name in select s.name from pg_settings s
        where s.name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')
      loop execute format('alter database %I set %I = ${LIMIT_MS}', current_database(), name); end loop;
    end $$`);
  });

  test.each([
    ['a comparison of generations', () => connectForComparison(database.url)],
    ['what a leader writes', () => connectWriter(database.url, 30_000)],
  ])('do not end %s', async (_, connect) => {
    const client = await connect();
    try {
      await client.query('begin');
      await client.query(`select pg_sleep(${LONGER_MS / 1_000})`);
      await sleep(LONGER_MS);
      await client.query('commit');
    } finally {
      await disconnectWriter(client);
    }
  });
});
