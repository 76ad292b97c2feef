import { jetstreamManager } from '@nats-io/jetstream';
import { ensureNothingLeftOut } from '#projection/stream/left-out.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { startNats } from '../support/servers/nats.js';
import { createStream, type TestStream } from '../support/stream.js';
import { metric } from './health.js';

const MESSAGES = 100;
const MESSAGE_BYTES = 100_000;
const created = (id: number) => aTokenEvent('token.created', { id });
const large = (id: number) => JSON.stringify({ ...created(id), padding: 'x'.repeat(MESSAGE_BYTES) });

/** Questions to the stream's leader whose answers are large messages: asked together, they are too much for the way to a client. */
describe('on a server that allows little under way, large messages', () => {
  async function streamWith(config: Parameters<typeof createStream>[0]): Promise<TestStream> {
    const server = await startNats({ config: 'max_pending: 2MB' });
    atEnd('stopping nats-server', () => server.stop());
    return createStream({ ...config, server });
  }

  test('that begin many subjects are asked for after a gap without being cut off', async () => {
    const [database, stream] = await Promise.all([
      createDatabase(),
      streamWith({ config: { max_msgs_per_subject: 2 } }),
    ]);
    const env = { ...database.env, ...stream.env };
    const [first, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await publish(stream, created(1));
    let last = 0;
    const fill = async (payload: (i: number) => string) => {
      for (let i = 0; i < MESSAGES; i += 1) last = await publishRaw(stream, payload(i), { subject: `card.c${i}` });
    };
    await fill((i) => large(1_000 + i));
    await waitForPosition(query.url, last);
    await first.stop();
    // The stream keeps the last two, which is no loss.
    const versions = [2, 3, 4, 5, 6];
    await publish(
      stream,
      versions.map((version) => aTokenEvent('token.updated', { id: 1, version })),
    );
    await fill((i) => JSON.stringify(created(2_000 + i)));
    const projector = await startProjector(env, { when: 'listening' });
    await waitForPosition(query.url, last);
    expect(await metric(projector, 'projector_nats_reconnects')).toBe(0);
    expect(projector.logsWith('interrupted')).toEqual([]);
  }, 60_000);

  test('between gaps are asked for without being cut off', async () => {
    const stream = await streamWith({});
    const manager = await jetstreamManager(stream.nats);
    const sequences: number[] = [];
    for (let i = 0; i < MESSAGES; i += 1) {
      const sequence = await publishRaw(stream, 'x');
      sequences.push(await publishRaw(stream, large(i)));
      await manager.streams.deleteMessage(stream.name, sequence);
    }
    const { created: streamCreated } = await manager.streams.info(stream.name);
    const position = { generation: 1, stream: stream.name, streamCreated, sequence: 0, fingerprint: null };
    await expect(ensureNothingLeftOut(manager, position, 0, sequences)).resolves.toBeUndefined();
  }, 60_000);
});
