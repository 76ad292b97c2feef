import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { metric } from '../faults/health.js';
import { leaseEpoch } from '../faults/lease.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { atEnd } from '../support/at-end.js';
import { isLockAwaited, isRequestWaiting } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

const LONGER_THAN_A_LEASE_MS = 8_000;

/** Holds writes to `generation` that match, inside their statement. @returns waits for one, and what lets it go on */
async function holdWrites(system: System, trigger: string) {
  const client = new pg.Client({ connectionString: system.database.url, application_name: 'test-hold' });
  await client.connect();
  let released: Promise<void> | undefined;
  const release = () => (released ??= client.end());
  atEnd('letting a write go', release);
  await client.query(`create function wait_here() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(78); return new; end $$`);
  await client.query('select pg_advisory_lock(78)');
  await client.query(`create trigger held ${trigger} execute function wait_here()`);
  const reached = () =>
    eventually('a write to be held', () => isLockAwaited(system.database, `locktype = 'advisory' and objid = 78`));
  return { reached, release };
}

test.each([
  {
    what: 'that the list is stale',
    trigger: 'before update of stale_because on generation for each row when (new.stale_because is not null)',
    begin: async ({ stream }: System) => void (await (await jetstreamManager(stream.nats)).streams.delete(stream.name)),
  },
  {
    what: 'how far its job is',
    trigger: `before update of job on generation for each row when (new.job ->> 'phase' = 'proving')`,
    begin: async (system: System) => void (await new Rebuilds(system).begin()),
  },
])(
  'nobody begins to lead while the leader before may still write $what',
  async ({ trigger, begin }) => {
    const system = await startSystem();
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    const held = await holdWrites(system, trigger);
    const standby = await startProjector(system.env);
    await begin(system);
    await held.reached();
    const epoch = await leaseEpoch(system.database);
    system.projector.kill('SIGSTOP');
    await sleep(LONGER_THAN_A_LEASE_MS);
    expect(await leaseEpoch(system.database)).toBe(epoch);
    await held.release();
    await eventually('the standby to lead', async () => (await metric(standby, 'projector_leader')) === 1);
    system.projector.kill('SIGCONT');
  },
  60_000,
);

test('a job that comes to its end while NATS is away ends once, when that is recorded', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const toNats = await TcpProxy.before(stream.natsUrl);
  const env = { ...database.env, ...stream.env };
  const [projector, query] = await Promise.all([
    startProjector({ ...env, NATS_URL: toNats.through(stream.natsUrl) }),
    startQuery(env),
  ]);
  const events = Array.from({ length: 300 }, () => aTokenEvent('token.created'));
  await waitForPosition(query.url, await publish(stream, events));
  const held = await (await HoldPoints.open(database)).at('filling', 2);
  const rebuilds = new Rebuilds({ database, stream });
  await rebuilds.begin();
  await held.reached;
  const pausing = rebuilds.ask('rebuild.pause');
  await eventually('the request to wait behind the batch', () => isRequestWaiting(database));
  await held.release();
  expect(await pausing).toMatchObject({ state: 'paused' });
  toNats.set('refusing');
  await eventually('it to lead no more', async () => (await metric(projector, 'projector_leader')) === 0);
  await database.query(`update generation set job = job || '{"requested": "cancel"}' where job is not null`);
  await eventually('the work to end', () => projector.logsWith('job left to the next leader').length > 0);
  toNats.set('open');
  expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled', message: 'cancelled by an operator' });
  expect(await metric(projector, 'projector_jobs_total{kind="rebuild",end="cancelled"}')).toBe(1);
  expect(await database.query('select 1 from finished_job')).toHaveLength(1);
  expect(await rebuilds.generations()).toEqual({ 1: 'live' });
}, 60_000);
