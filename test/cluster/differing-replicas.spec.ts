import { TcpProxy } from '../faults/tcp-proxy.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { NatsCluster } from '../support/servers/nats-cluster.js';
import { createStream } from '../support/stream.js';

const DIFFERS = /delivered another message at \d+ than the leader of the stream/;

/**
 * A follower of nats-server 2.9 may leave out messages and go on with their sequences. Here something else stands for it: deliveries
 * are altered on their way, but not what is fetched, which is wrapped in base64.
 */
describe('what a consumer delivers otherwise than the leader of the stream holds it', () => {
  test('is not applied, and not taken for a difference', async () => {
    const { proxy, projector, query, jobs, published } = await start();
    proxy.altered = asOnAFollower;
    const head = await published('of-the-leader');
    await eventually('the projector to tell of it', () => DIFFERS.test(projector.output));
    expect(await comments(query.url)).toEqual([]);
    proxy.altered = undefined;
    await waitForPosition(query.url, head);
    expect(await comments(query.url)).toEqual(['of-the-leader']);

    proxy.altered = asOnAFollower;
    const generation = await jobs.begin({}, 'verify');
    await eventually('the verification to tell of it', async () => DIFFERS.test((await jobs.status())?.message ?? ''));
    proxy.altered = undefined;
    expect(await jobs.ended(generation)).toMatchObject({ state: 'done', differences: 0 });
  }, 120_000);

  async function start() {
    const [cluster, database] = await Promise.all([NatsCluster.start(), createDatabase()]);
    const stream = await createStream({ server: cluster, create: false });
    await cluster.addStream(stream.name, `${stream.prefix}.events.>`);
    const { url } = cluster.nodes[0]!;
    const proxy = await TcpProxy.before(url);
    const env = { ...database.env, ...stream.env };
    const projector = await startProjector({ ...env, NATS_URL: proxy.through(url) });
    const query = await startQuery(env);
    const published = (comment: string) => publish(stream, aTokenEvent('token.created', { comment }));
    return { proxy, projector, query, published, jobs: new Rebuilds({ stream, database }) };
  }

  function asOnAFollower(bytes: Buffer): Buffer {
    return Buffer.from(bytes.toString('latin1').replaceAll('of-the-leader', 'of-a-follower'), 'latin1');
  }

  async function comments(url: string): Promise<string[]> {
    const { data } = (await httpList(url)).json<{ data: { comment: string }[] }>();
    return data.map(({ comment }) => comment);
  }
});
