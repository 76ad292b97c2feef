import { metric } from '../faults/health.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

test('a job that was ended under another leader while it was paused is in the way of no other one', async () => {
  const { database, stream, projector, query, env } = await startSystem();
  const rebuilds = new Rebuilds({ database, stream });
  await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created')));
  const hold = await (await HoldPoints.open(database)).at('indexing', 2);
  const generation = await rebuilds.begin();
  await hold.reached;
  await rebuilds.ask('rebuild.pause');
  await hold.release();
  const isPaused = async () =>
    (await projector.metrics()).get('projector_job{kind="rebuild",phase="indexing",state="paused"}') === 1;
  await eventually('it to rest', isPaused);

  projector.kill('SIGSTOP');
  await letLeaseRunOut(database);
  const next = await startProjector(env, { when: 'listening' });
  await eventually('another one to lead', async () => (await metric(next, 'projector_leader')) === 1);
  await rebuilds.ask('rebuild.cancel');
  expect(await rebuilds.ended(generation)).toMatchObject({ state: 'cancelled' });
  projector.kill('SIGCONT');
  await eventually('it to know', async () => (await metric(projector, 'projector_leader')) === 0);
  await eventually('it to let the job be', async () => !(await isPaused()));
  await next.stop();
  await eventually('it to lead again', async () => (await metric(projector, 'projector_leader')) === 1);
  expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
}, 60_000);
