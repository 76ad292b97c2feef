import { atEnd } from '../support/at-end.js';
import type { AppProcess } from '../support/app-process.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { startPostgres } from '../support/servers/postgres.js';
import { createStream } from '../support/stream.js';
import { withClient } from '../support/with-client.js';
import { Doors } from './doors.js';
import { expectError, expectNatsError } from './service-error.js';

describe('a database that does not let the query app read', () => {
  let serverUrl: string;
  let database: TestDatabase;
  let query: AppProcess;
  let doors: Doors;

  beforeAll(async () => {
    // Of its own: roles belong to a server.
    const server = await startPostgres();
    atEnd('stopping PostgreSQL', () => server.stop());
    serverUrl = server.url;
    const [made, stream] = await Promise.all([createDatabase(server), createStream()]);
    database = made;
    await database.query("create role reader login password 'secret'");
    await database.query('grant select on all tables in schema public to reader');
    const url = Object.assign(new URL(database.url), { username: 'reader', password: 'secret' });
    query = await startQuery({ DATABASE_URL: url.href, ...stream.env });
    doors = new Doors({ url: query.url, nats: stream.nats, prefix: stream.prefix });
  });

  const readiness = async () => (await fetch(`${query.url}/health/ready`)).text();
  const is = (reason: RegExp) => eventually(`readiness to say ${reason}`, async () => reason.test(await readiness()));

  const expectRefused = async (says: RegExp) => {
    const overHttp = await doors.http('');
    expect(expectError(overHttp, 503)).toMatch(says);
    expect(overHttp.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(overHttp.body).not.toMatch(/token_1|relation|permission/);
    expectNatsError(await doors.nats({}), 503);
  };

  test.each(['generation', 'token_1'])(
    'is a 503 where it may not select from %s, and readiness names it',
    async (table) => {
      await database.query(`revoke select on ${table} from reader`);
      await is(new RegExp(`may not be read by this role: .*\\b${table}\\b`));
      await expectRefused(/does not let this service read/);
      await database.query(`grant select on ${table} to reader`);
      await is(/"ok"/);
      expect((await doors.http('')).status).toBe(200);
    },
  );

  test('is away where it takes no connections', async () => {
    const run = (sql: string) => withClient(serverUrl, (client) => client.query(sql));
    await run(`alter database "${database.name}" allow_connections false`);
    await run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}'`);
    await is(/is not reachable/);
    await expectRefused(/database is not reachable/);
    await run(`alter database "${database.name}" allow_connections true`);
    await is(/"ok"/);
  });
});
