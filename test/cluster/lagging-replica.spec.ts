import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import type { ClusterNode } from '../support/servers/nats-cluster-node.js';
import { nodeOfProjector, RUNS } from './cluster-system.js';
import { Scene } from './scene.js';

const BURST = 500;
/** Below the 4 seconds after which a node that hears no leader stands for election. */
const BEHIND_AT_MOST_MS = 2_500;

/**
 * A consumer sees the stream with the eyes of the node that holds it. Where that node is behind, the consumer says that nothing is
 * left, and it is wrong.
 */
describe('the node that holds a consumer falls behind the stream', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.begin();
  });

  // A test that failed must not fail the next one.
  afterEach(() => scene.system.cluster.heal());

  for (let run = 1; run <= RUNS; run += 1) {
    test.each([
      ['rebuild', 'switching', 'cut off from the leader'],
      ['verify', 'proving', 'cut off from the leader'],
      ['rebuild', 'switching', 'paused'],
    ] as const)(`a %s reads on before %s while it is %s (run ${run})`, async (kind, phase, how) => {
      const { system, traffic, jobs } = scene;
      const { behind, leader } = await twoFollowers();
      const held = await scene.holdPoints.entering(phase);
      const generation = await beginOn(behind, kind);
      await held.reached;
      if (how === 'paused') await behind.signal('SIGSTOP');
      else system.cluster.cutBetween(leader, behind);
      const until = performance.now() + BEHIND_AT_MOST_MS;
      await scene.applied(await traffic.burst(BURST));
      await held.release();
      if (how === 'paused') await sleep(700);
      else await eventuallyOr(until, async () => (await jobs.status())?.finishedAt !== null);
      if (how === 'paused') await behind.signal('SIGCONT');
      system.cluster.reconnect(behind);
      expect(await jobs.ended(generation)).toMatchObject({ state: 'done', differences: 0 });
      await scene.expectTruth();
    });

    test(`the list claims no freshness it lacks while the node of its own consumer is paused (run ${run})`, async () => {
      const { system, traffic } = scene;
      const { cluster, stream } = system;
      const holder = [...(await cluster.consumersOf(stream.name)).values()][0]!;
      await holder.signal('SIGSTOP');
      await Promise.race([traffic.burst(BURST), sleep(700)]);
      await holder.signal('SIGCONT');
      await scene.expectTruth();
    });
  }

  /** The projector is on the one; the other one, which falls behind, holds nothing that the projector lives from. */
  async function twoFollowers(): Promise<{ leader: ClusterNode; behind: ClusterNode }> {
    const { cluster, stream } = scene.system;
    await cluster.whenHealthy(stream.name);
    const [leader, own] = [await cluster.leaderOf(stream.name), await nodeOfProjector(cluster)];
    const behind = cluster.others(leader).find((node) => node !== own)!;
    await eventually('the live consumer to be elsewhere', () => isElsewhere(behind), { every: 300 });
    return { leader, behind };
  }

  /** A consumer that is gone is made again, on any node. */
  async function isElsewhere(behind: ClusterNode): Promise<boolean> {
    const { cluster, stream } = scene.system;
    const consumers = [...(await cluster.consumersOf(stream.name))];
    const [there] = consumers.filter(([, node]) => node === behind);
    if (there) await (await jetstreamManager(stream.nats)).consumers.delete(stream.name, there[0]);
    return consumers.length === 1 && !there;
  }

  /** Begins a job until its consumer is on the node. @returns its generation */
  async function beginOn(node: ClusterNode, kind: string): Promise<number> {
    const { jobs, system } = scene;
    const { cluster, stream } = system;
    for (;;) {
      const before = await cluster.consumersOf(stream.name);
      const generation = await jobs.begin({}, kind);
      const holder = await eventually('its consumer', async () => {
        const [own] = [...(await cluster.consumersOf(stream.name))].filter(([name]) => !before.has(name));
        return own?.[1];
      });
      if (holder === node) return generation;
      await jobs.ask('rebuild.cancel');
      await jobs.ended(generation);
    }
  }
});

async function eventuallyOr(deadline: number, look: () => Promise<boolean>): Promise<void> {
  while (performance.now() < deadline && !(await look())) await sleep(20);
}
