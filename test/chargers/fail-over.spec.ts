import { metric } from '../faults/health.js';
import { Traffic } from '../faults/traffic.js';
import { eventually } from '../support/eventually.js';
import { ChargerSystem } from './charger-system.js';
import { RandomChargers } from './random-chargers.js';

const SEED = 5;

test('after SIGKILL of the leader while events flow the standby leads, and nothing is lost or counted twice', async () => {
  const system = await ChargerSystem.create();
  const leader = await system.startProjector();
  const standby = await system.startProjector();
  const traffic = new Traffic(system.stream, 1_000, SEED, new RandomChargers(SEED));
  await system.waitForPosition(500);
  expect(standby.logsWith('standing by')).toHaveLength(1);

  leader.kill('SIGKILL');
  const leads = async () => (await metric(standby, 'projector_leader')) === 1;
  await eventually('the standby to lead', leads, { details: () => standby.output });
  await system.waitForPosition(traffic.head + 500);
  await traffic.stop();
  await system.expectFoldOfStream();
});
