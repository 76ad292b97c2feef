import { setTimeout as sleep } from 'node:timers/promises';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { metric, ready } from '../faults/health.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { isRequestWaiting } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import type { AppProcess } from '../support/app-process.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

const NEWER = SCHEMA_VERSION + 1;
/** For which a newer release waits for the one before to lead. */
const OLDER_FIRST_MS = 5_000;
const LEFT = `left unfinished by a release of schema version ${SCHEMA_VERSION}, which no longer leads`;

describe('a release whose tables are newer', () => {
  let system: System;
  let rebuilds: Rebuilds;
  let newer: string;
  let hold: Awaited<ReturnType<HoldPoints['at']>>;
  beforeEach(async () => {
    [system, newer] = await Promise.all([startSystem(), releaseOfSchema(NEWER)]);
    rebuilds = new Rebuilds(system);
    const events = Array.from({ length: 300 }, () => aTokenEvent('token.created'));
    await waitForPosition(system.query.url, await publish(system.stream, events));
    hold = await (await HoldPoints.open(system.database)).at('filling', 2);
  });

  const startNewer = (settings = {}): Promise<AppProcess> =>
    startProjector({ ...system.env, ...settings }, { directory: newer, when: 'listening' });
  const ends = () =>
    system.database.query<{ state: string; message: string }>(
      `select status ->> 'state' as state, status ->> 'message' as message from finished_job order by id`,
    );
  const versions = () =>
    system.database.query<{ state: string; version: number; job: string | null }>(
      `select state, schema_version as version, job ->> 'kind' as job from generation order by number`,
    );
  const killOlder = async () => {
    system.projector.kill('SIGKILL');
    await system.projector.exited;
    await letLeaseRunOut(system.database);
  };

  test('leaves a job of the release before to its projector while that leads, ends it once nobody does, and leads', async () => {
    await rebuilds.begin();
    await hold.reached;
    const next = await startNewer();
    await sleep(OLDER_FIRST_MS + 1_000);
    expect(await versions()).toEqual([
      { state: 'live', version: SCHEMA_VERSION, job: null },
      { state: 'building', version: SCHEMA_VERSION, job: 'rebuild' },
    ]);
    await killOlder();
    await hold.release();
    await ready(next, 30_000);
    expect(await ends()).toEqual([
      { state: 'failed', message: LEFT },
      { state: 'done', message: 'generation 2 is live' },
    ]);
    expect(await versions()).toEqual([
      { state: 'previous', version: SCHEMA_VERSION, job: null },
      { state: 'live', version: NEWER, job: null },
    ]);
  }, 90_000);

  test('that waits for a command can be told to cancel what the release before left, and then to rebuild', async () => {
    await rebuilds.begin();
    await hold.reached;
    await killOlder();
    await hold.release();
    const next = await startNewer({ REBUILD_ON_SCHEMA_CHANGE: 'false' });
    await eventually('it to lead', async () => (await metric(next, 'projector_leader')) === 1);
    await eventually('it to refuse', async () => {
      const refusal = await rebuilds.ask('rebuild').catch((error: Error) => error.message);
      return typeof refusal === 'string' && refusal.includes('A rebuild is running already');
    });
    expect(await rebuilds.ask('rebuild.cancel')).toMatchObject({ state: 'cancelled', generation: 2 });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', generation: 2 });
  }, 90_000);

  test('answers operators while it prepares and nobody leads: they see its job and can cancel it', async () => {
    await system.projector.stop();
    await startNewer();
    await hold.reached;
    const status = await eventually('it to tell of its job', () => rebuilds.status(), { within: 30_000 });
    expect(status).toMatchObject({ state: 'running', generation: 2 });
    await expect(rebuilds.ask('rebuild')).rejects.toThrow('A rebuild is running already (generation 2');
    const cancelling = rebuilds.ask('rebuild.cancel');
    await eventually('the request to wait behind the batch', () => isRequestWaiting(system.database));
    await hold.release();
    await cancelling;
    await eventually(
      'it to be cancelled',
      async () => expect(await ends()).toMatchObject([{ state: 'cancelled' }]) ?? true,
    );
  }, 90_000);
});
