import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { EventReader } from '#projection/stream/event-reader.js';
import { eventually } from '../support/eventually.js';
import { publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';

/** More than are read ahead: while those wait, nothing more is asked for. */
const MESSAGES = 5_000;
const READ_AHEAD = 2_000;

test('a reader does not go on with another consumer than the one that was checked', async () => {
  const stream = await createStream();
  const manager = await jetstreamManager(stream.nats);
  await Promise.all(Array.from({ length: MESSAGES }, () => publishRaw(stream, 'x')));
  const reader = await EventReader.open(TOKEN_PROJECTION, jetstream(stream.nats), stream.name, 1);
  try {
    const consumer = await eventually('it to read ahead', async () => {
      const [info] = await manager.consumers.list(stream.name).next();
      return info!.delivered.consumer_seq >= READ_AHEAD && info!.num_waiting === 0 && info!;
    });
    // As a server does whose replica of the stream was damaged.
    await manager.consumers.delete(stream.name, consumer.name);
    await manager.consumers.add(stream.name, consumer.config);
    const { stream_seq: last } = consumer.delivered;
    expect((await reader.next(0, Infinity)).at(-1)!.sequence).toBe(last);
    await expect(reader.next(10_000, Infinity)).rejects.toThrow(
      `taken the place of the one that had delivered ${last}`,
    );
  } finally {
    await reader.close();
  }
});
