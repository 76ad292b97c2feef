import { setTimeout as sleep } from 'node:timers/promises';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { notReady, ready } from '../faults/health.js';
import { holdLocks } from '../faults/hold-locks.js';
import { aTokenEvent } from '../support/builders.js';
import type { AppProcess } from '../support/app-process.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { ConstantLoad } from './constant-load.js';
import { HoldPoints } from './hold-points.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';
import { publishStillWorld } from './still-world.js';

const NEWER = SCHEMA_VERSION + 1;
/** Of making a generation, taking the lease and finding it different. */
const LONGER_THAN_A_ROUND_MS = 8_000;

describe('a release whose tables are newer', () => {
  let system: System;
  let rebuilds: Rebuilds;
  let newer: string;
  beforeEach(async () => {
    [system, newer] = await Promise.all([startSystem(), releaseOfSchema(NEWER)]);
    rebuilds = new Rebuilds(system);
  });

  const versions = async () =>
    Object.fromEntries(
      (
        await system.database.query<{ state: string; version: number }>(
          'select state, schema_version as version from generation',
        )
      ).map(({ state, version }) => [state, version]),
    );
  const livePosition = async () =>
    Number((await httpList(system.query.url, { limit: 1 })).headers.get('x-read-position'));
  const startNewer = (settings = {}): Promise<AppProcess> =>
    startProjector({ ...system.env, ...settings }, { directory: newer, when: 'listening' });

  test('makes its own beside the projector of the release before, takes over, and that one writes nothing any more', async () => {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    const load = new ConstantLoad(system);
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    const next = await startNewer();
    await hold.reached;
    await notReady(
      next,
      'projector',
      new RegExp(`outdated: the live generation is of schema version ${SCHEMA_VERSION}`),
    );
    expect(await versions()).toEqual({ live: SCHEMA_VERSION, building: NEWER });
    const before = await livePosition();
    await eventually('the live generation to be fed meanwhile', async () => (await livePosition()) > before + 50);
    await expect(rebuilds.ask('rebuild')).rejects.toThrow('A rebuild is running already (generation 2, filling');
    await hold.release();
    await ready(next);
    expect(await versions()).toEqual({ previous: SCHEMA_VERSION, live: NEWER });
    await notReady(system.projector, 'projector', /outdated: .* it is older and writes nothing/);
    await load.stop();
    expect(load.wrong).toEqual([]);
    expect(load.failed).toEqual([]);
    await expectReadModelOfStream(system);

    // Back to the release before: its generation goes live as it is, and its own projector brings it up to date.
    expect(await rebuilds.ask('rebuild.rollback')).toMatchObject({ kind: 'rollback', state: 'done', generation: 1 });
    await ready(system.projector);
    await notReady(next, 'projector', /outdated/);
    expect(await versions()).toEqual({ previous: NEWER, live: SCHEMA_VERSION });
    await expectReadModelOfStream(system);
  }, 180_000);

  test('waits for a command where that is set, and writes nothing before', async () => {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    await system.projector.stop();
    const next = await startNewer({ REBUILD_ON_SCHEMA_CHANGE: 'false' });
    await notReady(next, 'projector', /halted: .* a rebuild makes the one it can write/);
    await expect(rebuilds.ask('verify')).rejects.toThrow('rebuild it first');
    expect(await versions()).toEqual({ live: SCHEMA_VERSION });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    await ready(next);
    await expectReadModelOfStream(system);
  }, 120_000);

  test('does not do it all over again where the proof finds differences: the release before goes on, till an operator decides', async () => {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    await system.database.query('update token_1 set version = version + 1 where id = (select min(id) from token_1)');
    const next = await startNewer();
    await eventually('it to give up', () => next.logsWith('an operator must decide').length > 0, {
      within: 30_000,
    });
    await ready(system.projector, 15_000);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    await sleep(LONGER_THAN_A_ROUND_MS);
    await ready(system.projector);
    expect(await versions()).toEqual({ live: SCHEMA_VERSION });
    expect(await system.database.query('select status from finished_job')).toHaveLength(1);

    await system.projector.stop();
    await notReady(next, 'projector', /halted: .* a rebuild makes the one it can write/, 15_000);
    expect(await rebuilds.carryOut({ acceptDifferences: true })).toMatchObject({ state: 'done' });
    await ready(next);
    await expectReadModelOfStream(system);
  }, 120_000);

  test('gives up where the disk has no room for its rows, and the release before goes on', async () => {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    const hold = await (await HoldPoints.open(system.database)).beforeReading();
    await startNewer();
    await hold.reached;
    await system.database.query(`create function no_space() returns trigger language plpgsql as
      $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$;
      create trigger no_space before insert on token_2 for each statement execute function no_space()`);
    await hold.release();
    const [job] = await eventually(
      'its job to fail',
      async () => {
        const ended = await system.database.query<{ message: string }>(
          `select status ->> 'message' as message from finished_job`,
        );
        return ended.length === 1 && ended;
      },
      { within: 30_000 },
    );
    expect(job!.message).toBe('the disk of the database is full: No space left on device');
    await eventually('its tables to be dropped', async () => !('building' in (await versions())));
    expect(await versions()).toEqual({ live: SCHEMA_VERSION });
    await ready(system.projector);
  }, 60_000);

  test('begins nothing again whose job an operator has ended between two attempts', async () => {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    const next = await startNewer();
    await hold.reached;
    await system.database.query(
      `select pg_terminate_backend(pid, 1000) from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`,
    );
    await system.database.query(
      `with ended as (update generation set job = null where number = 2 returning projection, schema_version)
      insert into finished_job (projection, status)
      select projection, json_build_object('kind', 'rebuild', 'state', 'cancelled', 'schemaVersion', schema_version) from ended`,
    );
    await hold.release();
    await eventually(
      'it to leave the decision to an operator',
      () => next.logsWith('an operator must decide').length > 0,
    );
    expect(await versions()).not.toHaveProperty('live', NEWER);
  });

  test('leads till it has taken over, though another projector of it is as ready', async () => {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    const epoch = async () => Number((await system.database.query('select epoch from projector_lease'))[0]!['epoch']);
    const before = await epoch();
    const next = await startNewer();
    await eventually('its generation', async () => (await versions())['building'], { every: 5 });
    // The proof reads both generations: so it takes long.
    const release = await holdLocks(system.database, 'lock table token_1 in access exclusive mode');
    await eventually('it to lead', async () => (await epoch()) > before, { within: 30_000 });
    const other = await startNewer();
    await sleep(LONGER_THAN_A_ROUND_MS);
    await release();
    await ready(next, 30_000);
    await ready(other);
    expect(await epoch()).toBe(before + 1);
    expect(await versions()).toEqual({ previous: SCHEMA_VERSION, live: NEWER });
    await expectReadModelOfStream(system);
  }, 120_000);

  test('makes tables that this query app does not read when they say so, and it says so instead', async () => {
    await waitForPosition(system.query.url, 0);
    await system.database.query('update generation set schema_version = $1, readable_since = $1', [NEWER]);
    await eventually(
      'the query app to notice',
      async () => (await notReady(system.query, 'database', /cannot read/)) && true,
    );
    await system.database.query('update generation set schema_version = 1, readable_since = 1');
    await notReady(system.query, 'database', /still of schema version 1/);
  });
});
