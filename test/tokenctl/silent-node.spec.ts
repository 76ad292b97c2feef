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

/** A command waits four seconds for the projector. */
const ENDS_WITHIN_MS = 8_000;

test('a node that falls silent once tokenctl has connected does not keep a command from its end', async () => {
  const { stream, env } = await startSystem();
  const node = await TcpProxy.before(stream.natsUrl);
  const asked = node.holdBefore(/rebuild\.status/);
  const operator = new Operator({ ...env, NATS_URL: node.through(stream.natsUrl) });
  const command = operator.start('rebuild', 'status');
  await asked;
  const askedAt = performance.now();
  expect(await command.exited).toMatchObject({ code: 1 });
  expect(performance.now() - askedAt).toBeLessThan(ENDS_WITHIN_MS);
  expect(command.output).toMatch(/no projector that leads has answered/);
});
