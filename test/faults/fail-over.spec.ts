import type { AppProcess } from '../support/app-process.js';
import { keepForFile } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { healthOf, metric } from './health.js';
import { leaseEpoch } from './lease.js';
import { Reader } from './reader.js';
import { Traffic } from './traffic.js';

describe('two projectors', () => {
  let system: System;
  let leader: AppProcess;
  let standby: AppProcess;

  beforeAll(async () => {
    system = await startSystem();
    leader = system.projector;
    standby = await startProjector(system.env);
  });

  const leads = (projector: AppProcess, within: number) =>
    eventually('the standby to lead', async () => (await metric(projector, 'projector_leader')) === 1, {
      within,
      details: () => projector.output,
    });

  test('one leads, the other stands by, and both are ready', async () => {
    await leads(leader, 5_000);
    expect(await metric(standby, 'projector_leader')).toBe(0);
    expect(await metric(standby, 'projector_lease_epoch')).toBe(0);
    expect(standby.logsWith('standing by')).toHaveLength(1);
    expect((await healthOf(leader)).status).toBe(200);
    expect((await healthOf(standby)).status).toBe(200);
  });

  test.each([
    ['SIGKILL', 10_000],
    ['SIGTERM', 2_000],
  ] as const)('after %s of the leader in mid-traffic, the standby leads within %d ms', async (signal, within) => {
    const traffic = new Traffic(system.stream);
    const reader = new Reader(system.query.url);
    await waitForPosition(system.query.url, traffic.head + 200);
    const epoch = await leaseEpoch(system.database);

    leader.kill(signal);
    await leads(standby, within);
    expect(await metric(standby, 'projector_lease_epoch')).toBe(epoch + 1);
    if (signal === 'SIGTERM') expect((await leader.exited).code).toBe(0);

    await waitForPosition(system.query.url, traffic.head + 200);
    await traffic.stop();
    await reader.stop();
    await expectReadModelOfStream(system, traffic.acknowledged);
    expect(reader.stepsBack).toEqual([]);
    expect([...reader.statuses.keys()]).toEqual([200]);
    leader = standby;
    standby = await startProjector(system.env);
    keepForFile();
  });

  test('the standby tells what the database says of the list, and nothing of what only a leader can know', async () => {
    await publish(system.stream, [aTokenEvent('token.created'), aTokenEvent('token.created')]);
    const head = await publishRaw(system.stream, 'no event');
    const told = await eventually('the standby to see it', async () => {
      const metrics = await standby.metrics();
      return metrics.get('projector_dead_letters') === 1 && metrics;
    });
    expect(told.get('projector_position')).toBe(head);
    expect(told.get('projector_lag_seconds')).toBeLessThan(10);
    expect(told.get('projector_source_changed{mismatch="rewound"}')).toBe(0);
    for (const name of ['stream_head', 'lag_events', 'differences', 'deferred_work', 'job_position'])
      expect([...told.keys()]).not.toContain(`projector_${name}`);
    await system.database.query(`update generation set stale_because = 'source-rewound'`);
    const alarm = async () => (await standby.metrics()).get('projector_source_changed{mismatch="rewound"}') === 1;
    await eventually('the standby to tell that the source has changed', alarm);
    await system.database.query('update generation set stale_because = null');
  });
});
