import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import pg from 'pg';
import { lockPreparing } from '#projection/store/preparing-lock.js';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { ready } from '../faults/health.js';
import { atEnd } from '../support/at-end.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import { HoldPoints } from './hold-points.js';
import { leaveJob } from './left-job.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

/** The release that leads in vain, and the one that mends it. */
const [THIRD, FOURTH] = [SCHEMA_VERSION + 1, SCHEMA_VERSION + 2];
/** The lock that {@link LOCK_NUMBERS} takes. */
const NUMBERS = 7_146_204;

describe('a job that its projector left', () => {
  let third: string;
  let system: System;
  let rebuilds: Rebuilds;
  beforeAll(async () => {
    third = await releaseOfSchema(THIRD);
  });

  async function start(): Promise<void> {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    const tokens = Array.from({ length: 300 }, () => aTokenEvent('token.created'));
    await waitForPosition(system.query.url, await publish(system.stream, tokens));
  }

  /** It cannot write the live generation, and has no job. */
  async function thirdLeads(): Promise<void> {
    await system.projector.stop();
    const settings = { ...system.env, REBUILD_ON_SCHEMA_CHANGE: 'false' };
    const projector = await startProjector(settings, { directory: third, when: 'listening' });
    await eventually('it to lead', () => projector.logsWith('leading').length > 0, { within: 20_000 });
  }

  test('is continued by another one of its release that leads already', async () => {
    await start();
    await thirdLeads();
    await leaveJob(system.database, THIRD);
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
  }, 60_000);

  test('is continued by its release, although an older one leads and waits for an operator', async () => {
    await start();
    await thirdLeads();
    await leaveJob(system.database, FOURTH);
    const directory = await releaseOfSchema(FOURTH);
    await ready(await startProjector(system.env, { directory, when: 'listening' }), 30_000);
    expect(await rebuilds.generations()).toMatchObject({ 2: 'live' });
  }, 60_000);

  test('says which release must continue it, and ends once it is cancelled, though a newer release just looks at it', async () => {
    await start();
    await leaveJob(system.database, FOURTH);
    expect((await rebuilds.status())?.message).toMatch(`only a projector of schema version ${FOURTH} goes on with it`);
    await withClient(system.database.url, async (looking) => {
      await lockPreparing(looking, TOKEN_PROJECTION);
      expect(await rebuilds.ask('rebuild.cancel')).toMatchObject({ generation: 2, finishedAt: null });
    });
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled' });
  });

  test('is cancelled though its stream lets nobody read, and no projector leads', async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream({ config: { max_consumers: 1 } })]);
    const { consumers } = await jetstreamManager(stream.nats);
    await consumers.add(stream.name, { durable_name: 'another', ack_policy: AckPolicy.Explicit });
    await leaveJob(database, THIRD);
    await startProjector({ ...database.env, ...stream.env }, { directory: third, when: 'listening' });
    const orders = new Rebuilds({ database, stream });
    await eventually('it to answer operators', () => orders.ask('rebuild.cancel'), { within: 30_000 });
    // It answers again only once it leads.
    const ends = `select status ->> 'state' as state from finished_job`;
    const [end] = await eventually('its end', async () => {
      const found = await database.query(ends);
      return found.length > 0 && found;
    });
    expect(end).toEqual({ state: 'cancelled' });
  }, 60_000);

  test('is the only one, also where an order and a schema change begin at once', async () => {
    await start();
    const gate = new pg.Client({ connectionString: system.database.url });
    atEnd('opening the gate', () => gate.end());
    await gate.connect();
    await gate.query(`select pg_advisory_lock(${NUMBERS})`);
    const held = () => isLockAwaited(system.database, `locktype = 'advisory' and objid = ${NUMBERS}`);
    await startProjector(system.env, { directory: third, when: 'listening' });
    await eventually('the schema change to wait', held, { within: 20_000 });
    const order = rebuilds.ask('rebuild').catch((error: Error) => error.message);
    await eventually('the order to wait', async () => {
      const waiting = await system.database.query(
        `select from pg_locks join pg_stat_activity using (pid)
        where objid = ${NUMBERS} and not granted and datname = current_database()`,
      );
      return waiting.length === 2;
    });
    await gate.query(`select pg_advisory_unlock(${NUMBERS})`);
    expect(await order).toMatch(/Another job has just begun/);
    await eventually('the schema change to end', async () => (await rebuilds.generations())[2] === 'live', {
      within: 30_000,
    });
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
  }, 60_000);

  test('is nobody else’s while its projector stands still, but for ten seconds only', async () => {
    await start();
    const hold = await (await HoldPoints.open(system.database)).at('indexing', 2);
    const preparing = await startProjector(system.env, { directory: third, when: 'listening' });
    await hold.reached;
    await rebuilds.ask('rebuild.pause');
    await eventually('it to pause', async () => (await rebuilds.status())?.state === 'paused');
    await hold.release();
    preparing.kill('SIGSTOP');
    await eventually(
      'the next one to go on',
      async () => {
        await rebuilds.ask('rebuild.cancel').catch(() => undefined);
        return (await rebuilds.status())?.state === 'cancelled';
      },
      { within: 30_000, every: 1_000 },
    );
    preparing.kill('SIGCONT');
  }, 60_000);

  test('is cancelled in the middle of making an index', async () => {
    await start();
    const hold = await (await HoldPoints.open(system.database)).at('indexing', 2);
    await rebuilds.begin();
    await hold.reached;
    await rebuilds.ask('rebuild.cancel');
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled' });
    await hold.release();
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  }, 60_000);

  test('is cancelled in the middle of its comparison, and leaves no leader with the old one', async () => {
    await start();
    const hold = await (await HoldPoints.open(system.database)).inProof(2);
    await rebuilds.begin();
    await hold.reached;
    await rebuilds.ask('rebuild.cancel');
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled' });
    await hold.release();

    // The first one could not be dropped while its table was locked.
    const again = await (await HoldPoints.open(system.database)).inProof(3);
    await rebuilds.begin();
    await again.reached;
    system.projector.kill('SIGSTOP');
    await letLeaseRunOut(system.database);
    const next = await startProjector(system.env);
    system.projector.kill('SIGCONT');
    await rebuilds.ask('rebuild.cancel');
    expect(await rebuilds.ended(3)).toMatchObject({ state: 'cancelled' });
    await next.stop();
    await ready(system.projector, 20_000);
    expect(await rebuilds.status()).toMatchObject({ state: 'cancelled' });
    await again.release();
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  }, 90_000);
});
