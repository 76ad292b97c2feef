import { jetstreamManager } from '@nats-io/jetstream';
import { holdLocks, STALL_BATCHES } from '../faults/hold-locks.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { isRequestWaiting } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

describe('a job', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    const events = Array.from({ length: 300 }, () => aTokenEvent('token.created'));
    await waitForPosition(system.query.url, await publish(system.stream, events));
  });

  /** Ends the leader without a goodbye; another one leads after. */
  async function nextLeader(): Promise<void> {
    const epoch = async () =>
      (await system.database.query<{ epoch: string }>('select epoch from projector_lease'))[0]!.epoch;
    const before = await epoch();
    system.projector.kill('SIGKILL');
    await system.projector.exited;
    await letLeaseRunOut(system.database);
    await startProjector(system.env);
    await eventually('the next one to lead', async () => (await epoch()) !== before);
  }

  test('that was paused rests under the next leader too, which tells of it, refuses another, and resumes it', async () => {
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    await rebuilds.begin();
    await hold.reached;
    const pausing = rebuilds.ask('rebuild.pause');
    await eventually('the request to wait behind the batch', () => isRequestWaiting(system.database));
    await hold.release();
    expect(await pausing).toMatchObject({ state: 'paused', generation: 2 });
    const { startedAt } = (await rebuilds.status())!;
    await nextLeader();
    const status = await eventually('the next leader to tell of it', () => rebuilds.status());
    expect(status).toMatchObject({ kind: 'rebuild', state: 'paused', generation: 2, startedAt });
    await expect(rebuilds.ask('rebuild')).rejects.toThrow('A rebuild is paused already (generation 2');
    // Were it to run on, it would take a moment.
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    expect(await rebuilds.generations()).toEqual({ 1: 'live', 2: 'building' });
    await rebuilds.ask('rebuild.resume');
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
  });

  test('that has ended is told of by the next leader too', async () => {
    const end = await rebuilds.carryOut();
    await nextLeader();
    expect(await eventually('the next leader to tell of it', () => rebuilds.status())).toMatchObject({
      kind: 'rebuild',
      generation: 2,
      state: 'done',
      message: end.message,
    });
  });

  test('leaves the replaced generation for its time, or until it is dropped by command', async () => {
    await rebuilds.carryOut();
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
    expect(await rebuilds.ask('rebuild.drop-previous')).toEqual({ dropped: [1] });
    expect(await rebuilds.generations()).toEqual({ 2: 'live' });
    await expect(rebuilds.ask('rebuild.drop-previous')).rejects.toThrow('There is no previous generation');

    await rebuilds.carryOut();
    await system.database.query(`update generation set retired_at = retired_at - interval '24 hours' where number = 2`);
    await eventually('it to be dropped after its time', async () => !(2 in (await rebuilds.generations())), {
      within: 20_000,
    });
    expect(await system.database.query(`select to_regclass('token_2') as left`)).toEqual([{ left: null }]);
    await expect(rebuilds.ask('rebuild.rollback')).rejects.toThrow('There is no previous generation');
  });

  test('that is a roll-back that lacks what the stream has lost since fails under the next leader', async () => {
    await rebuilds.carryOut();
    const events = [aTokenEvent('token.created'), aTokenEvent('token.created')];
    await waitForPosition(system.query.url, await publish(system.stream, events));
    const letGo = await holdLocks(system.database, STALL_BATCHES);
    await rebuilds.begin({}, 'rebuild.rollback');
    await (await jetstreamManager(system.stream.nats)).streams.purge(system.stream.name);
    // With the locks gone it could apply what it has read already, and end the job well.
    system.projector.kill('SIGKILL');
    await system.projector.exited;
    await letGo();
    await nextLeader();
    expect(await rebuilds.ended(1)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/generation 1 cannot continue.*begins at 303/) as string,
    });
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
    await expect(rebuilds.ask('rebuild.rollback')).rejects.toThrow(/^Not gone back: .* begins at 303/);
  });

  test('whose rows PostgreSQL refuses for their values fails with its words, and is not tried for ever', async () => {
    await system.database.query(
      `alter table generation add constraint no_more check (state <> 'live' or number < 2) not valid`,
    );
    expect(await rebuilds.carryOut()).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/^PostgreSQL refused what was written while switching: .*"no_more"/) as string,
    });
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  });

  test('shows in the metrics, and so do the generations', async () => {
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    await rebuilds.begin();
    await hold.reached;
    const metrics = await eventually('the generations to be counted', async () => {
      const now = await system.projector.metrics();
      return now.get('projector_generations{state="building"}') === 1 && now;
    });
    expect(metrics.get('projector_job{kind="rebuild",phase="filling",state="running"}')).toBe(1);
    expect(metrics.get('projector_generation_bytes{state="live"}')).toBeGreaterThan(0);
    await hold.release();
    await rebuilds.ended(2);
    const after = await system.projector.metrics();
    expect(after.get('projector_jobs_total{kind="rebuild",end="done"}')).toBe(1);
    expect(after.has('projector_job{kind="rebuild",phase="switching",state="running"}')).toBe(false);
  });
});
