import { setTimeout as sleep } from 'node:timers/promises';
import { createDataSource } from '#projection/store/data-source.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { connectForComparison } from '#projection/store/snapshot-client.js';
import { migrate } from '#projection/store/migrate.js';
import { createPool } from '#service-runtime/postgres/pool.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { dropDatabase } from '../support/databases.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { withClient } from '../support/with-client.js';

const LIMIT_MS = 400;
const LONGER_MS = 600;
const POOL = { applicationName: 'test', connections: 1, statementTimeoutMs: 5_000, acquireTimeoutMs: 5_000 };
const SETTINGS = `select current_setting('transaction_isolation') as level, current_setting('idle_in_transaction_session_timeout') as idle, date '2026-01-31'::text as day`;

/** Many set them against statements that somebody forgot. A job that one of them ends would begin again for ever. */
describe('limits that a database has for all sessions', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(`do $$ declare name text; begin
      for name in select s.name from pg_settings s
        where s.name in ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')
      loop execute format('alter database %I set %I = ${LIMIT_MS}', current_database(), name); end loop;
      execute format('alter database %I set default_transaction_isolation = serializable', current_database());
      execute format('alter database %I set datestyle = ''SQL, DMY''', current_database());
    end $$`);
  });

  test.each([
    ['a comparison of generations', () => connectForComparison(database.url)],
    ['what a leader writes', () => connectWriter(database.url, 30_000)],
  ])('do not end %s', async (_, connect) => {
    const client = await connect();
    try {
      const works = async () => {
        await client.query('begin');
        await client.query(`select pg_sleep(${LONGER_MS / 1_000})`);
        await sleep(LONGER_MS);
        await client.query('commit');
        await sleep(LONGER_MS);
        await client.query('select');
      };
      await expect(works()).resolves.toBeUndefined();
    } finally {
      await disconnectWriter(client);
    }
  });

  test('do not end a migration that waits for another one', async () => {
    const migrated = await withClient(database.url, async (other) => {
      await other.query('set idle_session_timeout = 0; select pg_advisory_lock(7146201)');
      const waiting = migrate(database.url, TOKEN_PROJECTION);
      await sleep(LONGER_MS);
      return { waiting };
    });
    await expect(migrated.waiting).resolves.toEqual([]);
  });

  test('leave a leader its name, also where the URL has another', async () => {
    const url = Object.assign(new URL(database.url), { search: '?application_name=another' }).href;
    const writer = await connectWriter(url, 30_000, 'token-projector');
    const { rows } = await writer.query<{ name: string }>(`select current_setting('application_name') as name`);
    await disconnectWriter(writer);
    expect(rows).toEqual([{ name: 'token-projector' }]);
  });

  test('hold for no transaction of a leader, an operator, a migration or a reader, and neither do its isolation level and date style', async () => {
    const writer = await connectWriter(database.url, 30_000);
    const dataSource = await createDataSource(database.url).initialize();
    const pool = createPool(database.url, POOL, () => undefined);
    const answers = await Promise.all([
      writer.query(SETTINGS),
      dataSource.query<unknown>(SETTINGS),
      pool.query(SETTINGS),
    ]);
    await Promise.all([disconnectWriter(writer), dataSource.destroy(), pool.end()]);
    const [written, operated, read] = answers;
    const ours = [{ level: 'read committed', idle: '4s', day: '2026-01-31' }];
    expect([written.rows, operated, read.rows]).toEqual([ours, ours, ours]);
  });
});

test('a database that cannot hold every text is refused before anything is in it', async () => {
  const { name, url, query } = await createDatabase();
  const latin = `${name}_latin`;
  await query(`create database "${latin}" template template0 encoding 'LATIN1' locale 'C'`);
  atEnd('dropping the database in LATIN1', () => dropDatabase(url, latin));
  const { exit, output } = await runTokenctl(['migrate'], { DATABASE_URL: url.replace(name, latin) });
  expect(exit.code).toBe(1);
  expect(output).toContain(`has the encoding LATIN1, which cannot hold every text: create it with encoding 'UTF8'`);
});
