import { jetstream } from '@nats-io/jetstream';
import { eventually } from '../support/eventually.js';
import { NatsCluster } from '../support/servers/nats-cluster.js';

const STREAM = 'HARNESS';

/** What the other cluster tests take for granted. */
describe('three nats-servers as one cluster', () => {
  let cluster: NatsCluster;

  beforeAll(async () => {
    cluster = await NatsCluster.start();
    await cluster.addStream(STREAM, 'harness.>');
  });

  test('keep a stream on all of them, and elect another leader when one is cut off, which stores nothing any more', async () => {
    const leader = await cluster.leaderOf(STREAM);
    cluster.cutOff(leader);
    const [other] = cluster.others(leader);
    const next = await cluster.leaderOf(STREAM);
    expect(next).not.toBe(leader);
    const client = jetstream(other!.connection, { timeout: 500 });
    await eventually('the majority to store', () => client.publish('harness.a', 'kept'));
    const alone = jetstream(leader.connection, { timeout: 500 });
    await expect(alone.publish('harness.a', 'lost')).rejects.toThrow();
    cluster.reconnect(leader);
    await cluster.whenHealthy(STREAM);
  });

  test('a node that is cut off hears nothing of the others', async () => {
    const [first, second] = cluster.nodes;
    const [here, there] = [first!.connection, second!.connection];
    const heard: string[] = [];
    here.subscribe('word', { callback: (_, message) => void heard.push(message.string()) });
    await here.flush();
    await eventually('a word to arrive', () => {
      there.publish('word', 'before');
      return heard.length > 0;
    });
    for (const how of ['held', 'refusing'] as const) {
      heard.length = 0;
      cluster.cutOff(first!, how);
      there.publish('word', how);
      await there.flush();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(heard).not.toContain(how);
      cluster.reconnect(first!);
      await cluster.whenHealthy(STREAM);
    }
  });
});
