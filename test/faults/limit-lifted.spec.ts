import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { ProjectedStream } from './projected-stream.js';

/** The projector looks at its stream this often. */
const CHECK_EVERY_MS = 5_000;

test('a stream whose limit per subject is lifted while its projector is behind: a gap in what was read ahead halts', async () => {
  const projected = await ProjectedStream.start(50);
  await projected.limitPerSubject(5);
  const { database } = projected.system;
  let release = () => Promise.resolve();
  await projected.restartProjector(async () => {
    await projected.publish(30);
    await projected.remove(75);
    release = await holdLocks(database, STALL_BATCHES);
  });
  await batchWaitsForLock(database);
  await eventually('it to read ahead', async () => {
    const [consumer] = await projected.manager.consumers.list(projected.name).next();
    return consumer!.delivered.stream_seq >= 80;
  });
  await projected.limitPerSubject(-1);
  await sleep(CHECK_EVERY_MS);
  await release();
  await projected.expectHalted('purged', /the message after the position 74 was removed/);
}, 60_000);
