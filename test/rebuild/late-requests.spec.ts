import { batchWaitsForLock, holdLocks, STALL_BATCHES } from '../faults/hold-locks.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import { holdGeneration } from '../tokenctl/held-generation.js';
import { Rebuilds } from './rebuilds.js';

const GATE = 78;
const AT_GATE = `locktype = 'advisory' and objid = ${GATE}`;

describe('an operator who decides late', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem({ DATABASE_MAX_BYTES: 'unlimited' });
    rebuilds = new Rebuilds(system);
    await waitForPosition(
      system.query.url,
      await publish(
        system.stream,
        Array.from({ length: 400 }, () => aTokenEvent('token.created')),
      ),
    );
  });

  /** Runs work while the transaction of the switch to generation 2 is under way: the places of changes are taken over a second time. */
  async function duringSwitch(work: () => Promise<unknown>): Promise<void> {
    await withClient(system.database.url, async (client) => {
      await client.query(`select pg_advisory_lock(${GATE})`);
      await client.query(`create sequence taken_over; create function wait_at_gate() returns trigger language plpgsql as $$ begin
        if (select job ->> 'phase' from generation where number = 2) = 'switching' and nextval('taken_over') >= 2
          then perform pg_advisory_xact_lock_shared(${GATE}); end if; return null; end $$`);
      const holding = holdGeneration(system.database);
      await rebuilds.begin();
      const { release } = await holding;
      await client.query(
        'create trigger gate before insert on token_gone_2 for each statement execute function wait_at_gate()',
      );
      await release();
      await eventually('the switch', () => isLockAwaited(system.database, AT_GATE), { within: 15_000 });
      await work();
      await client.query(`select pg_advisory_unlock(${GATE})`);
    });
  }

  test('cancels a rebuild whose switch is not committed', async () => {
    await duringSwitch(() => rebuilds.ask('rebuild.cancel'));
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled', message: 'cancelled by an operator' });
    expect(await rebuilds.generations()).toMatchObject({ 1: 'live' });
  });

  test('pauses a rebuild whose switch is not committed, and resumes it', async () => {
    await duringSwitch(async () => expect(await rebuilds.ask('rebuild.pause')).toMatchObject({ generation: 2 }));
    await eventually('the job to be paused', async () => (await rebuilds.status())?.state === 'paused');
    await publish(system.stream, aTokenEvent('token.created'));
    expect(await rebuilds.generations()).toEqual({ 1: 'live', 2: 'building' });
    await rebuilds.ask('rebuild.resume');
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
  });

  test.each(['cancel', 'pause'])('to %s stops a repair that has not begun to write', async (order) => {
    await system.database.query(`update token_1 set document = replace(document, '"customerId"', '"damaged"')`);
    const damaged = () => system.database.query(`select 1 from token_1 where document like '%"damaged"%'`);
    const before = await damaged();
    await withClient(system.database.url, async (client) => {
      await client.query(`select pg_advisory_lock(${GATE})`);
      await client.query(`create function wait_at_gate() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock_shared(${GATE}); return new; end $$`);
      await client.query(`create trigger gate before update of job on generation for each row
        when (new.job ->> 'phase' = 'repairing') execute function wait_at_gate()`);
      await rebuilds.begin({ repair: true }, 'verify');
      await eventually('the repair', () => isLockAwaited(system.database, AT_GATE), { within: 15_000 });
      const release = await holdLocks(system.database, STALL_BATCHES);
      await publish(system.stream, aTokenEvent('token.created'));
      await client.query(`select pg_advisory_unlock(${GATE})`);
      await batchWaitsForLock(system.database);
      await rebuilds.ask(`rebuild.${order}`);
      await release();
    });
    const state = order === 'pause' ? 'paused' : 'cancelled';
    await eventually(`the job to be ${state}`, async () => (await rebuilds.status())?.state === state);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    expect(before.length).toBeGreaterThan(0);
    expect(await damaged()).toHaveLength(before.length);
  });

  test.each(['pause', 'resume'])(
    'takes no cancellation back by a %s, also if the projector is killed',
    async (later) => {
      const holding = holdGeneration(system.database);
      await rebuilds.begin();
      const { number, release } = await holding;
      await rebuilds.ask('rebuild.cancel');
      await expect(rebuilds.ask(`rebuild.${later}`)).rejects.toThrow(/being cancelled/);
      await rebuilds.ask('rebuild.cancel');
      system.projector.kill('SIGKILL');
      await system.projector.exited;
      await release();
      await letLeaseRunOut(system.database);
      await startProjector(system.env);
      expect(await rebuilds.ended(number)).toMatchObject({ state: 'cancelled' });
    },
  );
});
