import { jetstreamManager } from '@nats-io/jetstream';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { leaveJob, leaveRollback } from './left-job.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

const NEWER = SCHEMA_VERSION + 1;

/** What an operator has ordered at the newer release while that led. Since then the older one leads, or none. */
describe('an unfinished order', () => {
  let newer: string;
  let database: TestDatabase;
  let stream: TestStream;
  let rebuilds: Rebuilds;
  let older: AppProcess;
  beforeAll(async () => {
    newer = await releaseOfSchema(NEWER);
  });
  beforeEach(async () => {
    [database, stream] = await Promise.all([createDatabase(), createStream()]);
    rebuilds = new Rebuilds({ database, stream });
    await publishTokens(120);
    older = await startProjector({ ...database.env, ...stream.env });
  });

  const publishTokens = (count: number) =>
    publish(
      stream,
      Array.from({ length: count }, () => aTokenEvent('token.created')),
    );
  const isLive = (version: number, sequence: number, stale = '') =>
    eventually(
      `tables of version ${version} to be live`,
      async () => {
        const rows = await database.query(
          `select schema_version as version, position::int as sequence, coalesce(stale_because, '') as stale
          from generation where state = 'live'`,
        );
        expect(rows).toEqual([{ version, sequence, stale }]);
        return true;
      },
      { within: 15_000 },
    );
  const hasEnded = (state: string, message: RegExp) =>
    eventually(
      `a job to be ${state}`,
      async () => {
        const ends = await database.query(
          `select status ->> 'state' as state, status ->> 'message' as message from finished_job order by id desc limit 1`,
        );
        expect(ends).toEqual([{ state, message: expect.stringMatching(message) as string }]);
        return true;
      },
      { within: 15_000 },
    );
  const recreateStream = async () => {
    const { streams } = await jetstreamManager(stream.nats);
    await streams.delete(stream.name);
    await streams.add({ name: stream.name, subjects: [`${stream.prefix}.events.>`] });
    await publishTokens(110);
  };

  test.each([
    ['was rolled back from', {}],
    ['waits for a command', { REBUILD_ON_SCHEMA_CHANGE: 'false' }],
  ])(
    'is carried out by a release that %s, even if another one leads',
    async (_, settings) => {
      await isLive(SCHEMA_VERSION, 120);
      await database.query('update generation set rolled_back_from = $1', [NEWER]);
      await startProjector({ ...database.env, ...stream.env, ...settings }, { directory: newer, when: 'listening' });

      await leaveJob(database, NEWER);
      await isLive(NEWER, 120);

      await rebuilds.begin({}, 'rebuild.rollback');
      await isLive(SCHEMA_VERSION, 120);
      await leaveRollback(database, { requested: 'cancel' });
      await hasEnded('cancelled', /by an operator/);
      await leaveRollback(database);
      await isLive(NEWER, 120);

      await rebuilds.begin({}, 'rebuild.rollback');
      await isLive(SCHEMA_VERSION, 120);
      await recreateStream();
      await leaveJob(database, NEWER, { mustBeCompared: false });
      await isLive(NEWER, 110);

      await rebuilds.begin({ acceptStale: true }, 'rebuild.rollback');
      await isLive(SCHEMA_VERSION, 120, 'source-recreated');
      await older.stop();
      await leaveRollback(database, { mustBeCompared: false });
      await isLive(NEWER, 110);
    },
    90_000,
  );

  test('fails with the reason where nobody feeds the live generation up to the point at which both could be compared', async () => {
    await isLive(SCHEMA_VERSION, 120);
    await older.stop();
    await publishTokens(10);
    await leaveJob(database, NEWER, { lastPerSubject: true });
    await startProjector({ ...database.env, ...stream.env }, { directory: newer, when: 'listening' });
    await hasEnded('failed', /stays at 120, and the new one is complete only from 130.*; read all messages/);
  }, 60_000);
});
