import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { waitForPosition } from '../support/clients.js';
import { startSystem } from '../support/system.js';
import { ConstantLoad } from './constant-load.js';
import { Rebuilds } from './rebuilds.js';
import { publishStillWorld } from './still-world.js';
import { shortOrLong } from '../support/test-length.js';

const REBUILDS = shortOrLong(3, 10);
/** The live generation goes on being fed; the rest is a busy machine. */
const FRESH_WITHIN_MS = 5_000;

test(`${REBUILDS} rebuilds in a row fail no request, make no answer wrong, and end in the fold of the stream`, async () => {
  const system = await startSystem();
  await waitForPosition(system.query.url, await publishStillWorld(system.stream));
  const load = new ConstantLoad(system);
  const rebuilds = new Rebuilds(system);
  for (let generation = 2; generation <= 1 + REBUILDS; generation += 1) {
    const end = await rebuilds.carryOut();
    expect(end).toMatchObject({ generation, state: 'done', differences: 0 });
    expect(await rebuilds.generations()).toEqual({ [generation - 1]: 'previous', [generation]: 'live' });
  }
  await load.stop();
  expect(load.wrong).toEqual([]);
  expect(load.failed).toEqual([]);
  expect(load.oldest).toBeLessThan(FRESH_WITHIN_MS);
  expect(load.answers).toBeGreaterThan(REBUILDS * 20);
  expect(load.walks).toBeGreaterThan(2);
  if (process.env['REBUILD_TOKENS'])
    console.log(`${load.answers} answers, ${load.walks} walks, oldest ${load.oldest} ms`);
  await expectReadModelOfStream(system);
}, 600_000);
