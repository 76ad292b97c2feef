import { jetstreamManager } from '@nats-io/jetstream';
import { eventually } from '../support/eventually.js';
import type { ClusterNode } from '../support/servers/nats-cluster-node.js';
import { nodeOfProjector } from './cluster-system.js';
import { Scene } from './scene.js';

const BURST = 300;

/** The others keep its place for a consumer whose only node is away, and say neither that it is there nor that it is not. */
describe('the node that holds the consumer, and is neither the leader nor the one that the projector is connected to,', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.begin();
  });

  // A test that failed must not fail the next one.
  afterEach(() => scene.system.cluster.heal());

  test(`is killed and stays away: the projector goes on, a verification too`, async () => {
    const { traffic, jobs } = scene;
    const holder = await holderOfConsumer();
    await holder.signal('SIGKILL');
    await scene.applied(await traffic.burst(BURST));
    expect(await jobs.carryOut({}, 'verify')).toMatchObject({ state: 'done', differences: 0 });
    await holder.restart();
    await scene.expectTruth();
  }, 180_000);

  /**
   * Where the projector is connected, the consumer is deleted, and made again on any node. That takes longer each time; so where the
   * stream's leader is, the leader goes elsewhere.
   */
  async function holderOfConsumer(): Promise<ClusterNode> {
    const { cluster, stream } = scene.system;
    await cluster.whenHealthy(stream.name);
    const look = async () => {
      const [leader, own] = [await cluster.leaderOf(stream.name), await nodeOfProjector(cluster)];
      const consumers = [...(await cluster.consumersOf(stream.name))];
      const [name, holder] = consumers[0] ?? [];
      if (name === undefined) return false;
      if (holder === own || consumers.length > 1)
        await (await jetstreamManager(stream.nats)).consumers.delete(stream.name, name);
      else if (holder === leader) await cluster.stepDown(stream.name);
      else return holder;
      return false;
    };
    return eventually('the consumer to be there', look, { every: 1_000, within: 90_000 });
  }
});
