import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { holdsNothing, ensureNothingLeftOut } from '#projection/stream/left-out.js';
import { publishRaw } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';

/** Of the messages 1 to 8 the stream holds 1, 2, 4, 5 and 7. */
describe('whether messages are missing because the stream does not hold them', () => {
  let stream: TestStream;
  let manager: JetStreamManager;
  let position: { generation: number; stream: string; streamCreated: string; sequence: number; fingerprint: null };

  beforeAll(async () => {
    stream = await createStream();
    manager = await jetstreamManager(stream.nats);
    for (let i = 0; i < 8; i += 1) await publishRaw(stream, 'x');
    for (const sequence of [3, 6, 8]) await manager.streams.deleteMessage(stream.name, sequence);
    const { created } = await manager.streams.info(stream.name);
    position = { generation: 1, stream: stream.name, streamCreated: created, sequence: 0, fingerprint: null };
  });

  test('all that arrived is all there is', async () => {
    await ensureNothingLeftOut(manager, position, 0, [1, 2, 4, 5, 7]);
    await ensureNothingLeftOut(manager, position, 2, [4]);
    await ensureNothingLeftOut(manager, position, 7, []);
  });

  test('a message that was left out is told, wherever it is', async () => {
    const words = (from: number, to: number) => `left out messages from ${from} to ${to} which the stream`;
    await expect(ensureNothingLeftOut(manager, position, 0, [2])).rejects.toThrow(words(1, 1));
    await expect(ensureNothingLeftOut(manager, position, 1, [2, 5])).rejects.toThrow(words(3, 4));
    await expect(ensureNothingLeftOut(manager, position, 0, [1, 2, 4, 7])).rejects.toThrow(words(5, 6));
  });

  test('nothing more comes up to a sequence whose message was removed; until then something does', async () => {
    expect(await holdsNothing(manager, position, 8, 8)).toBe(true);
    expect(await holdsNothing(manager, position, 6, 6)).toBe(true);
    expect(await holdsNothing(manager, position, 6, 8)).toBe(false);
  });

  test('a stream that ends before the sequence, or was made again, is told', async () => {
    await expect(holdsNothing(manager, position, 8, 9)).rejects.toThrow(/ends at 8, before 9/);
    const another = { ...position, streamCreated: 'before' };
    await expect(holdsNothing(manager, another, 8, 8)).rejects.toThrow(/was deleted and made again/);
  });
});
