import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { Operator } from '../tokenctl/operator.js';
import { notReady } from './health.js';

test('a projector that was given the name of another stream asks for the setting, and verifies nothing', async () => {
  const system = await startSystem();
  await waitForPosition(system.query.url, await publish(system.stream, [aTokenEvent('token.created')]));
  await system.projector.stop();
  const { name } = system.stream;
  const misled = await startProjector({ ...system.env, NATS_STREAM: `${name}_2` }, { when: 'listening' });
  const sentence = `there is no stream ${name}_2, and the position 1 is of the stream ${name}: is NATS_STREAM right\\?`;
  await notReady(misled, 'projector', new RegExp(`halted: ${sentence}`));
  const { output } = await new Operator(system.env).run(1, 'verify', '--skip-disk-check');
  expect(output).toContain('nothing can be compared');
  // Refused before anything was read, not a job that has failed after all of it.
  expect(await system.database.query('select 1 from finished_job')).toEqual([]);
});
