import { TcpProxy } from '../faults/tcp-proxy.js';
import { startSystem } from '../support/system.js';
import { Operator } from './operator.js';

test('nodes of a cluster that accept a connection and say nothing keep tokenctl from none of its work', async () => {
  const { stream, env } = await startSystem();
  const silent = await Promise.all([stream.natsUrl, stream.natsUrl].map((url) => TcpProxy.before(url)));
  for (const node of silent) node.set('silent');
  const NATS_URL = [...silent.map((node) => node.through(stream.natsUrl)), stream.natsUrl].join(',');
  const operator = new Operator({ ...env, NATS_URL });
  // The client takes the nodes in any order.
  await Promise.all(Array.from({ length: 4 }, () => operator.run(0, 'rebuild', 'status')));
});
