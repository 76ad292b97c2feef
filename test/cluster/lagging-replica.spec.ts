import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import type { HoldPoints } from '../rebuild/hold-points.js';
import type { ClusterNode } from '../support/servers/nats-cluster-node.js';
import { nodeOfProjector } from './cluster-system.js';
import { Scene } from './scene.js';

type Held = Awaited<ReturnType<HoldPoints['at']>>;

const BURST = 500;
/** Below the 4 seconds after which a node that hears no leader stands for election. */
const BEHIND_AT_MOST_MS = 2_500;
const SETTLE_MS = 500;

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

  test.each([
    ['rebuild', 'cut off from the leader'],
    ['verify', 'cut off from the leader'],
    ['rebuild', 'paused'],
  ] as const)(
    `a %s reads everything though the node of its consumer is %s`,
    async (kind, how) => {
      const { traffic, jobs } = scene;
      const { behind, leader } = await twoFollowers();
      const { held, generation } = await beginOn(behind, kind);
      const goOn = await fallBehind(behind, leader, how);
      await scene.applied(await traffic.burst(BURST));
      await held.release();
      await comparedOr(BEHIND_AT_MOST_MS);
      await goOn();
      expect(await jobs.ended(generation)).toMatchObject({ state: 'done', differences: 0 });
      await scene.expectTruth();
    },
    120_000,
  );

  test(`the list claims no freshness it lacks while the node of its own consumer is paused`, async () => {
    const { system, traffic } = scene;
    const { cluster, stream } = system;
    const holder = [...(await cluster.consumersOf(stream.name)).values()][0]!;
    await holder.signal('SIGSTOP');
    await Promise.race([traffic.burst(BURST), sleep(700)]);
    await holder.signal('SIGCONT');
    await scene.expectTruth();
  }, 120_000);

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

  /** Begins a job until its consumer is on the node, and holds it when it has read a little. */
  async function beginOn(node: ClusterNode, kind: string): Promise<{ held: Held; generation: number }> {
    const { jobs, system, holdPoints } = scene;
    const { cluster, stream } = system;
    for (;;) {
      const before = await cluster.consumersOf(stream.name);
      const held = await holdPoints.at('filling', 0);
      const generation = await jobs.begin({}, kind);
      await held.reached;
      const [own] = [...(await cluster.consumersOf(stream.name))].filter(([name]) => !before.has(name));
      if (own?.[1] === node) return { held, generation };
      // While it is held its row is locked, against an operator too.
      await held.release();
      await jobs.ask('rebuild.cancel').catch(() => undefined);
      await jobs.ended(generation);
    }
  }

  /** @returns what lets it catch up */
  async function fallBehind(behind: ClusterNode, leader: ClusterNode, how: string): Promise<() => Promise<void>> {
    const { cluster } = scene.system;
    if (how === 'paused') {
      await behind.signal('SIGSTOP');
      return () => behind.signal('SIGCONT');
    }
    cluster.cutBetween(leader, behind);
    return () => Promise.resolve(cluster.reconnect(behind));
  }

  /** Waits until the job compares what it has, which it must not while something is missing, but no longer than that. */
  async function comparedOr(ms: number): Promise<void> {
    const isReading = ['filling', 'indexing', 'catching up'];
    const until = performance.now() + ms;
    // On a busy machine an answer may come late; then the next one tells.
    const phase = async () => (await scene.jobs.status().catch(() => undefined))?.phase ?? 'filling';
    while (performance.now() < until && isReading.includes(await phase())) await sleep(20);
    await sleep(SETTLE_MS);
  }
});
