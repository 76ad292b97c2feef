import { createPool } from '#service-runtime/postgres/pool.js';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, natsRequest, waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { pgbouncerProgram, startPgbouncer, type PgbouncerOptions } from '../support/servers/pgbouncer.js';
import { createStream, type TestStream } from '../support/stream.js';
import { withClient } from '../support/with-client.js';
import { notReady } from './health.js';

/** What operators tell a pooler to leave out, so that it takes our connections at all. */
const IGNORES = ['statement_timeout', 'idle_in_transaction_session_timeout'];
const BY_NAME = /a pooler in transaction mode stands before PostgreSQL/;
const program = pgbouncerProgram();

describe('a pooler before PostgreSQL', () => {
  if (program === undefined) {
    test('is NOT TESTED on this machine: there is no pgbouncer, and none can be installed', () => {
      expect(program).toBeUndefined();
    });
    return;
  }

  let database: TestDatabase;
  let stream: TestStream;

  beforeAll(async () => {
    [database, stream] = await Promise.all([createDatabase(), createStream()]);
  });

  const through = async (options: PgbouncerOptions) => {
    const pooler = await startPgbouncer(program, database.url, options);
    atEnd('stopping pgbouncer', () => pooler.stop());
    return { ...stream.env, DATABASE_URL: pooler.url };
  };

  describe.each([
    ['on an idle machine', { mode: 'transaction', sessions: 4, ignores: IGNORES }],
    ['that has one session only', { mode: 'transaction', sessions: 1, ignores: IGNORES }],
  ] as const)('in transaction mode, %s', (_, options) => {
    let env: Awaited<ReturnType<typeof through>>;
    let apps: AppProcess[];

    beforeAll(async () => {
      env = await through(options);
      apps = await Promise.all([startQuery(env, { when: 'listening' }), startProjector(env, { when: 'listening' })]);
    });

    test('is named by the readiness of both apps, by the log, and by the migrations, which do nothing', async () => {
      const [query, projector] = apps as [AppProcess, AppProcess];
      await notReady(query, 'database', BY_NAME);
      await notReady(projector, 'projector', BY_NAME);
      expect(query.output).toMatch(BY_NAME);
      const { exit, output } = await runTokenctl(['migrate'], env);
      expect({ code: exit.code, output }).toEqual({ code: 1, output: expect.stringMatching(BY_NAME) as string });
    });

    test('brings a 503 to every request on both doors, never a 500, and no setting of ours into the sessions of others', async () => {
      const [query] = apps as [AppProcess, AppProcess];
      const asked = Array.from({ length: 20 }, () => httpList(query.url, {}));
      const overNats = Array.from({ length: 20 }, () => natsRequest(stream.nats, `${stream.prefix}.list`));
      const statuses = (await Promise.all([...asked, ...overNats])).map(({ status }) => status);
      expect([...new Set(statuses)]).toEqual([503]);
      const settings = await withClient(env.DATABASE_URL, (client) =>
        client.query<{ mode: string; jit: string }>(
          `select current_setting('plan_cache_mode') as mode, current_setting('enable_seqscan') as seqscan`,
        ),
      );
      expect(settings.rows).toEqual([{ mode: 'auto', seqscan: 'on' }]);
    });

    afterAll(() => Promise.all(apps.map((app) => app.stop())));
  });

  describe('in session mode', () => {
    test('serves migrations, both apps and their timeouts, without a word about parameters of the connection', async () => {
      const env = await through({ mode: 'session', sessions: 40 });
      expect((await runTokenctl(['migrate'], env)).exit.code).toBe(0);
      const [query] = await Promise.all([startQuery(env), startProjector(env)]);
      await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created', { id: 1 })));
      expect((await httpList(query.url, { search: 'DK.SPI' })).json()).toMatchObject({ count: 1 });

      const options = { applicationName: 'test', connections: 1, statementTimeoutMs: 3_000, acquireTimeoutMs: 5_000 };
      const pool = createPool(env.DATABASE_URL, options, () => undefined);
      const { rows } = await pool.query<{ statement_timeout: string }>('show statement_timeout');
      await pool.end();
      expect(rows).toEqual([{ statement_timeout: '3s' }]);
    });
  });
});
