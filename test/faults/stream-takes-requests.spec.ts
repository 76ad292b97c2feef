import { jetstreamManager } from '@nats-io/jetstream';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { createStream } from '../support/stream.js';

test('a stream that was there with subjects that take the requests is told by the projector', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const manager = await jetstreamManager(stream.nats);
  await manager.streams.update(stream.name, { subjects: [`${stream.prefix}.>`] });
  const projector = await startProjector({ ...database.env, ...stream.env });
  const [line] = await eventually('it to say so', () => {
    const lines = projector.logsWith('the stream takes the requests on');
    return lines.length > 0 && lines;
  });
  expect(line).toMatchObject({ level: 50, subjects: [`${stream.prefix}.>`] });
});
