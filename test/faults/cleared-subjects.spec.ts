import { jetstreamManager } from '@nats-io/jetstream';
import { fingerprint } from '#projection/stream/fingerprint.js';
import { checkStream } from '#projection/stream/source-check.js';
import { messageAt } from '#projection/stream/stream.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { aTokenEvent } from '../support/builders.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';

/** The messages of the subject are read already, and the position is in the middle of them. */
test('a subject that has lost nothing is not suspected again once it has reached its limit', async () => {
  const stream = await createStream({ config: { max_msgs_per_subject: 2 } });
  const together = (id: number) =>
    publishRaw(stream, JSON.stringify(aTokenEvent('token.created', { id })), { subject: 'together' });
  await together(11);
  for (const version of [1, 2, 3, 4]) await publish(stream, aTokenEvent('token.updated', { id: 1, version }));
  // The gap that the first changes have left is after 1. The two that follow remove the first of their subject.
  await together(12);
  await together(13);
  const manager = await jetstreamManager(stream.nats);
  const { created } = await manager.streams.info(stream.name);
  const position = {
    generation: 1,
    stream: stream.name,
    streamCreated: created,
    sequence: 5,
    fingerprint: fingerprint((await messageAt(manager, stream.name, 5))!),
    gap: { after: 1, until: 7 },
  };
  const { subject } = (await messageAt(manager, stream.name, 6))!;
  const check = (cleared: Map<string, number>) =>
    checkStream(TOKEN_PROJECTION, manager, stream.name, position, cleared);
  await expect(check(new Map())).rejects.toMatchObject({ mismatch: 'purged' });
  await expect(check(new Map([[subject, 1]]))).resolves.toMatchObject({ created });
});
