import { jetstreamManager } from '@nats-io/jetstream';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { notReady, ready } from '../faults/health.js';
import { RewindableNats } from '../faults/rewindable-nats.js';
import { startSystemOn } from '../faults/system-on.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { leaveJob } from './left-job.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

const NEWER = SCHEMA_VERSION + 1;
const REBUILDS = { ON_SOURCE_CHANGE: 'rebuild' };

describe('a release whose tables are newer', () => {
  let newer: string;
  let system: System;
  let rebuilds: Rebuilds;
  beforeAll(async () => {
    newer = await releaseOfSchema(NEWER);
  });

  async function isApplied(started: System, count: number): Promise<void> {
    system = started;
    rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publishTokens(count));
  }
  const publishTokens = (count: number) =>
    publish(
      system.stream,
      Array.from({ length: count }, () => aTokenEvent('token.created')),
    );
  const startNewer = (settings = {}): Promise<AppProcess> =>
    startProjector({ ...system.env, ...settings }, { directory: newer, when: 'listening' });
  const startOlder = (settings = {}): Promise<AppProcess> =>
    startProjector({ ...system.env, ...settings }, { when: 'listening' });
  const jobs = () =>
    system.database.query<{ state: string; generation: number; version: number }>(
      `select status ->> 'state' as state, (status ->> 'generation')::int as generation, (status ->> 'schemaVersion')::int as version
      from finished_job order by id`,
    );

  /** Under the same name, with fewer messages. */
  async function recreate(): Promise<void> {
    const { nats, name, prefix } = system.stream;
    const { streams } = await jetstreamManager(nats);
    await streams.delete(name);
    await streams.add({ name, subjects: [`${prefix}.events.>`] });
    await publishTokens(118);
  }

  test('goes on once the one before has rebuilt from a stream that was created again while it read', async () => {
    await isApplied(await startSystem(REBUILDS), 120);
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const next = await startNewer();
    await hold.reached;
    await recreate();
    await hold.release();
    await ready(next, 30_000);
    expect(await jobs()).toMatchObject([
      { state: 'failed', generation: 2, version: NEWER },
      { state: 'done' },
      { state: 'done' },
    ]);
  }, 60_000);

  test('goes on as well where its proof was cut off at the moment of the change', async () => {
    await isApplied(await startSystem(REBUILDS), 120);
    const hold = await (await HoldPoints.open(system.database)).inProof(2);
    const next = await startNewer();
    await hold.reached;
    await recreate();
    await system.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'token-projector-compare'`,
    );
    await hold.release();
    await ready(next, 40_000);
    expect((await jobs())[0]).toMatchObject({ state: 'failed', generation: 2, version: NEWER });
  }, 60_000);

  test('goes on once its stream is back that had changed while it read', async () => {
    const nats = await RewindableNats.start();
    await isApplied(await startSystemOn({ nats: nats.server }), 110);
    const at110 = await nats.keep();
    await eventually('our own connection to be back', () => system.stream.nats.rtt());
    await waitForPosition(system.query.url, await publishTokens(10));
    const at120 = await nats.keep();
    await nats.putBack(at110);
    await notReady(system.projector, 'projector', /ends at 110/);
    await leaveJob(system.database, NEWER);
    const next = await startNewer();
    await eventually('it to end its job', async () => (await jobs()).length === 1);
    await nats.putBack(at120);
    await ready(next, 30_000);
    expect(await jobs()).toMatchObject([{ state: 'failed', version: NEWER }, { state: 'done' }]);
  }, 60_000);

  test('takes what was accepted for a changed stream for nothing else, once its own stream is back', async () => {
    const nats = await RewindableNats.start();
    await isApplied(await startSystemOn({ nats: nats.server }), 110);
    const at110 = await nats.keep();
    await eventually('our own connection to be back', () => system.stream.nats.rtt());
    await waitForPosition(system.query.url, await publishTokens(60));
    // They are applied, so the projector is well without them. A rebuild would lose them.
    const { streams } = await jetstreamManager(system.stream.nats);
    for (let sequence = 121; sequence <= 126; sequence += 1) await streams.deleteMessage(system.stream.name, sequence);
    const at170 = await nats.keep();
    await system.projector.stop();
    await nats.putBack(at110);
    const next = await startNewer();
    await notReady(next, 'projector', /halted/, 25_000);
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    await rebuilds.begin({ acceptDifferences: true, acceptLoss: true });
    await hold.reached;
    await nats.putBack(at170);
    await hold.release();
    await eventually('its own job to fail', async () => (await jobs()).length === 2, { within: 40_000 });
    expect(await jobs()).toMatchObject([
      { state: 'failed', version: NEWER },
      { state: 'failed', version: NEWER },
    ]);
    expect((await httpList(system.query.url)).headers.get('x-total-count')).toBe('170');
  }, 90_000);

  test.each([
    ['its schema change', true],
    ['its rebuild from a changed stream', false],
  ])(
    'that is gone, with %s unfinished, keeps the one before from no rebuild',
    async (_, mustBeCompared) => {
      await isApplied(await startSystem(), 120);
      await system.projector.stop();
      await leaveJob(system.database, NEWER, { mustBeCompared });
      await recreate();
      await ready(await startOlder(REBUILDS), 20_000);
      expect(await jobs()).toMatchObject([
        { state: 'failed', generation: 2, version: NEWER },
        { state: 'done', version: null },
      ]);
    },
    60_000,
  );

  test('and that was rolled back from comes back at a command alone, whatever a setting says of a changed stream', async () => {
    await isApplied(await startSystem(), 120);
    await system.projector.stop();
    await system.database.query('update generation set rolled_back_from = $1', [NEWER]);
    await recreate();
    const next = await startNewer(REBUILDS);
    await eventually('it to leave that to an operator', () => next.logsWith('not rebuilding by itself').length > 0, {
      within: 15_000,
    });
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
    await ready(next);
  }, 60_000);

  test('makes the stream that no release has made yet', async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream({ create: false })]);
    const env = { ...database.env, ...stream.env, NATS_STREAM_CREATE: 'true' };
    await ready(await startProjector(env, { directory: newer, when: 'listening' }), 20_000);
  }, 60_000);
});
