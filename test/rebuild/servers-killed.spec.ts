import { ready } from '../faults/health.js';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { ownNats, ownPostgres, startSystemOn } from '../faults/system-on.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { ConstantLoad } from './constant-load.js';
import { Rebuilds } from './rebuilds.js';
import { publishStillWorld } from './still-world.js';

/** Requests fail while a server is away; what is answered is right all the same. */
describe('a rebuild under load in the middle of which', () => {
  async function begin(system: System): Promise<{ load: ConstantLoad; rebuilds: Rebuilds; generation: number }> {
    await waitForPosition(system.query.url, await publishStillWorld(system.stream));
    const load = new ConstantLoad(system);
    const rebuilds = new Rebuilds(system);
    const generation = await rebuilds.begin();
    await eventually('the new generation to be filled', async () => (await rebuilds.status())!.position > 1_000, {
      every: 5,
    });
    return { load, rebuilds, generation };
  }

  async function end(system: System, { load, rebuilds, generation }: Awaited<ReturnType<typeof begin>>): Promise<void> {
    await ready(system.projector);
    await eventually(
      'the rebuild to go on and end',
      async () => (await rebuilds.generations())[generation] === 'live',
      { within: 60_000 },
    );
    await load.stop();
    expect(load.wrong).toEqual([]);
    await expectReadModelOfStream(system);
  }

  test('PostgreSQL is killed goes on when it is back', async () => {
    const postgres = await ownPostgres();
    const system = await startSystemOn({ postgres });
    const begun = await begin(system);
    await postgres.kill('SIGKILL');
    await postgres.restart();
    await end(system, begun);
  }, 180_000);

  test('nats-server is killed goes on when it is back', async () => {
    const nats = await ownNats();
    const system = await startSystemOn({ nats });
    const begun = await begin(system);
    await nats.kill('SIGKILL');
    await nats.restart();
    await end(system, begun);
  }, 180_000);
});
