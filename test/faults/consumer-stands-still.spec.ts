import { eventually } from '../support/eventually.js';
import { ProjectedStream } from './projected-stream.js';

/** Longer than the time for which nothing may come. */
const GOES_ON_WITHIN_MS = 40_000;

/** As on a replica that has stopped following its leader: the server of the consumer answers, and has nothing to deliver. */
test('a projector whose consumer delivers nothing of what the stream holds makes another one', async () => {
  const projected = await ProjectedStream.start(10);
  const { manager, name, projector } = projected;
  const [consumer] = await manager.consumers.list(name).next();
  const { prefix } = projected.system.stream;
  await manager.consumers.update(name, consumer!.name, { filter_subject: `${prefix}.events.nothing` });
  await projected.publish(10);
  const look = () => projector.logsWith('projecting').length > 1;
  await eventually('it to read again', look, { within: GOES_ON_WITHIN_MS, details: () => projector.output });
  await projected.expectWell();
}, 90_000);
