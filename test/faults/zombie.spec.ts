import type { AppProcess } from '../support/app-process.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { startSystem, type System } from '../support/system.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { interruptions, metric } from './health.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { Traffic } from './traffic.js';

/** Five seconds of lease, and some for a busy machine. */
const TAKEN_OVER_WITHIN_MS = 12_000;

describe('a leader that is paused for longer than its lease, and then goes on', () => {
  let system: System;
  let leader: AppProcess;
  let standby: AppProcess;
  let traffic: Traffic;

  beforeEach(async () => {
    system = await startSystem();
    leader = system.projector;
    standby = await startProjector(system.env);
    traffic = new Traffic(system.stream);
    await waitForPosition(system.query.url, 200);
  });

  /** The states of projectors' database sessions; empty ones stand by or are between two batches. */
  const sessions = () =>
    system.database.query<{ state: string; in_transaction: boolean }>(
      `select state, xact_start is not null as in_transaction from pg_stat_activity
      where datname = current_database() and application_name = 'token-projector'`,
    );
  const standbyLeads = () =>
    eventually('the standby to lead', async () => (await metric(standby, 'projector_leader')) === 1, {
      within: TAKEN_OVER_WITHIN_MS,
      details: () => standby.output,
    });
  const expectHarmless = async () => {
    await waitForPosition(system.query.url, traffic.head + 200);
    await traffic.stop();
    await expectReadModelOfStream(system, traffic.acknowledged);
    expect(await metric(leader, 'projector_leader')).toBe(0);
    expect(await metric(leader, 'projector_interruptions_total')).toBeGreaterThan(0);
    expect(await metric(standby, 'projector_leader')).toBe(1);
    expect(await metric(standby, 'projector_interruptions_total')).toBe(0);
    // What it knew as the leader is no longer its to tell; what the database says of the new one's work is.
    const told = async () => (await metric(leader, 'projector_position')) >= traffic.head;
    await eventually('the old leader to tell the position of the new one', told);
    expect((await leader.metrics()).has('projector_stream_head')).toBe(false);
  };
  /** A lag that began again with every look at the database, which is every two seconds, would never be so large. */
  const standbyTellsTheLag = () =>
    eventually('the standby to tell that nobody brings the list up to date', async () => {
      const metrics = await standby.metrics();
      return metrics.get('projector_leader') === 0 && metrics.get('projector_lag_seconds')! > 3;
    });

  test('commits nothing any more when it was between two batches', async () => {
    await eventually('the leader to be paused between two batches', async () => {
      leader.kill('SIGSTOP');
      if ((await sessions()).every((session) => !session.in_transaction)) return true;
      leader.kill('SIGCONT');
      return false;
    });
    await standbyTellsTheLag();
    await standbyLeads();
    leader.kill('SIGCONT');
    await eventually(
      'the old leader to see that its lease is gone',
      () => leader.logsWith('has gone to another').length > 0,
    );
    await eventually('the old leader to stand by', () => leader.logsWith('standing by').length > 0);
    expect(await interruptions(leader, 'lease_lost')).toBe(1);
    await expectHarmless();
  });

  test('does not keep the standby out when it was inside a transaction, which is rolled back', async () => {
    const release = await holdLocks(system.database, STALL_BATCHES);
    await batchWaitsForLock(system.database);
    leader.kill('SIGSTOP');
    await release();
    await eventually('the transaction to stand open', async () =>
      (await sessions()).some(({ state }) => state === 'idle in transaction'),
    );
    await standbyLeads();
    leader.kill('SIGCONT');
    await eventually('the old leader to stand by', () => leader.logsWith('standing by').length > 0);
    expect(leader.logsWith('projecting was interrupted').length).toBeGreaterThan(0);
    await expectHarmless();
  });
});
