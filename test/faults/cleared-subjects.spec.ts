import { jetstreamManager } from '@nats-io/jetstream';
import { fingerprint } from '#projection/stream/fingerprint.js';
import { checkStream } from '#projection/stream/source-check.js';
import { messageAt } from '#projection/stream/stream.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { publish, publishRaw } from '../support/publish.js';
import { startProjector } from '../support/processes.js';
import { createStream } from '../support/stream.js';
import { ProjectedStream } from './projected-stream.js';

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

/** To count the messages of a subject costs nats-server 2.9 up to 0.1 s, and much more than to find one. */
test('a shared subject is not counted if a message from before the gap is still there', async () => {
  const projected = await ProjectedStream.start(1);
  await projected.limitPerSubject(5);
  const { system, projector } = projected;
  const { stream, query } = system;
  const together = (id: number) =>
    publishRaw(stream, JSON.stringify(aTokenEvent('token.created', { id })), { subject: `card.c${id % 50}` });
  for (let id = 100; id < 150; id += 1) await together(id);
  await waitForPosition(query.url, await together(150));
  await projector.stop();
  const changes = Array.from({ length: 7 }, (_, i) => aTokenEvent('token.updated', { id: 1, version: i + 2 }));
  await publish(stream, changes);
  let last = 0;
  for (let id = 200; id < 250; id += 1) last = await together(id);
  const asked = { counts: 0, messages: 0 };
  const whenAsked = (api: string, note: (request: string) => void) =>
    stream.nats.subscribe(`$JS.API.STREAM.${api}.${stream.name}`, { callback: (_, message) => note(message.string()) });
  whenAsked('INFO', (request) => {
    if (request.includes('subjects_filter')) asked.counts += 1;
  });
  whenAsked('MSG.GET', () => {
    asked.messages += 1;
  });
  await stream.nats.flush();
  await startProjector(system.env, { when: 'listening' });
  await waitForPosition(query.url, last);
  expect(asked.messages).toBeGreaterThan(50);
  expect(asked.counts).toBe(0);
});
