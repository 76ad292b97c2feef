import type { JobPhase } from '#projection/job.js';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { keepForFile } from '../support/at-end.js';
import type { AppProcess } from '../support/app-process.js';
import { waitForPosition } from '../support/clients.js';
import { startProjector } from '../support/processes.js';
import { startSystem, type System } from '../support/system.js';
import { ConstantLoad } from './constant-load.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';
import { publishStillWorld } from './still-world.js';

const PHASES: readonly JobPhase[] = ['filling', 'indexing', 'catching up', 'proving', 'switching'];

describe('a rebuild under load whose projector is killed', () => {
  let system: System;
  let load: ConstantLoad;
  let rebuilds: Rebuilds;
  let holds: HoldPoints;
  let projector: AppProcess;
  let live = 1;

  beforeAll(async () => {
    system = await startSystem();
    ({ projector } = system);
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    holds = await HoldPoints.open(system.database);
    rebuilds = new Rebuilds(system);
    load = new ConstantLoad(system);
  }, 120_000);

  test.each(PHASES)(
    'while %s is gone on with by the next one',
    async (phase) => {
      const hold = await holds.at(phase, live + 1);
      const generation = await rebuilds.begin();
      await hold.reached;
      projector.kill('SIGKILL');
      await projector.exited;
      expect((await rebuilds.generations())[live]).toBe('live');
      await hold.release();
      await letLeaseRunOut(system.database);
      projector = await startProjector(system.env);
      keepForFile();
      expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
      expect(await rebuilds.generations()).toEqual({ [generation - 1]: 'previous', [generation]: 'live' });
      live = generation;
    },
    120_000,
  );

  test('fails no request, makes no answer wrong, and ends in the fold of the stream', async () => {
    await load.stop();
    expect(load.wrong).toEqual([]);
    expect(load.failed).toEqual([]);
    expect(load.answers).toBeGreaterThan(200);
    await expectReadModelOfStream(system);
  }, 120_000);
});
