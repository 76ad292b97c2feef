import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { TcpProxy } from './tcp-proxy.js';

const created = (id: number) => aTokenEvent('token.created', { id });
/** In each direction: one question takes more than a second, all of them one after another would take minutes. */
const LATENCY_MS = 600;
const SUSPECTS = 130;

/** Waits until the projector's consumer has sent everything up to a sequence. */
async function delivered({ nats, name }: TestStream, sequence: number): Promise<void> {
  const { consumers } = await jetstreamManager(nats);
  await eventually('all to have been sent', async () => {
    for await (const { delivered: sent } of consumers.list(name)) if (sent.stream_seq >= sequence) return true;
    return false;
  });
}

describe('a projector far from its stream, which keeps two messages per subject,', () => {
  test('renews its lease while it checks a gap: it applies what is checked after a second, then goes on with the others', async () => {
    const [database, stream] = await Promise.all([
      createDatabase(),
      createStream({ config: { max_msgs_per_subject: 2 } }),
    ]);
    const env = { ...database.env, ...stream.env };
    const [first, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await waitForPosition(query.url, await publish(stream, created(1)));
    await first.stop();
    // The stream keeps the last two, which is no loss.
    const versions = [2, 3, 4, 5, 6];
    const before = await publish(
      stream,
      versions.map((version) => aTokenEvent('token.updated', { id: 1, version })),
    );
    const ids = Array.from({ length: SUSPECTS }, (_, i) => 1_000 + i);
    for (const id of ids) await publishRaw(stream, JSON.stringify(created(id)), { subject: `card.c${id}` });
    const proxy = await TcpProxy.before(stream.natsUrl);
    // What arrives while the first batch is held up is the next batch, as a whole.
    const letGo = await holdLocks(database, STALL_BATCHES);
    const projector = await startProjector({ ...env, NATS_URL: proxy.through(stream.natsUrl) }, { when: 'listening' });
    await batchWaitsForLock(database);
    await delivered(stream, before + SUSPECTS);
    proxy.latencyMs = LATENCY_MS;
    await letGo();
    const position = async () => {
      const { headers } = await httpList(query.url, { limit: 1 });
      return Number(headers.get('x-read-position'));
    };
    const part = await eventually(
      'a part to be applied',
      async () => {
        const reached = await position();
        return reached > before && reached;
      },
      { within: 10_000, every: 20 },
    );
    expect(part).toBeLessThan(before + SUSPECTS);
    proxy.latencyMs = 0;
    await waitForPosition(query.url, before + SUSPECTS);
    const tokens = await database.query('select 1 from token_1');
    expect(tokens).toHaveLength(1 + SUSPECTS);
    // The rest comes from the same session: nothing has to be read again.
    expect((await projector.metrics()).get('projector_lease_epoch')).toBe(2);
    expect(projector.logsWith('interrupted')).toEqual([]);
  });
});
