import { eventually } from '../support/eventually.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { ProjectedStream } from './projected-stream.js';

/**
 * A stream under the same name is not always the same stream. Reading on from a sequence of another history would lose events or
 * mix two histories, and the server says nothing.
 */
describe('a projector whose stream', () => {
  test('is deleted halts, and starts halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.manager.streams.delete(projected.name);
    await projected.expectHalted('missing', /is gone/);
    await projected.expectHaltedAfterRestart('missing', /is gone/);
  });

  test('is deleted and made anew, with as many messages as before, halts, and starts halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.recreate();
    await projected.publishForeign(50);
    await projected.expectHalted('recreated', /was made .* but the position 50 is of the stream/);
    await projected.publishForeign(20);
    await projected.expectHaltedAfterRestart('recreated', /was made/);
  });

  test('is made anew while nobody looks, with fewer messages or with more, starts halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.restartProjector(async () => {
      await projected.recreate();
      await projected.publishForeign(20);
    });
    await projected.expectHalted('recreated', /was made/);
    await projected.publishForeign(80);
    await projected.expectHaltedAfterRestart('recreated', /was made/);
  });

  test('was purged past the position while nobody looked starts halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.restartProjector(async () => {
      await projected.publishForeign(50);
      await projected.purgeUpTo(81);
    });
    await projected.expectHalted('purged', /begins at 81, after the position 50/);
  });

  test('is purged past the position while it is behind halts before the gap, wherever that falls in its batches', async () => {
    const projected = await ProjectedStream.start(50);
    const { database } = projected.system;
    let release = () => Promise.resolve();
    await projected.restartProjector(async () => {
      // More than is read ahead, and so large that what was read ahead makes several batches: the gap comes inside of one.
      await projected.publish(6_000, 3_000);
      release = await holdLocks(database, STALL_BATCHES);
    });
    await batchWaitsForLock(database);
    await eventually('it to read ahead', async () => {
      const [consumer] = await projected.manager.consumers.list(projected.name).next();
      return consumer!.delivered.stream_seq >= 2_000;
    });
    await projected.purgeUpTo(6_001);
    await projected.publishForeign(10);
    await release();
    await projected.expectHalted('purged', /begins at 6001, after the position/);
    await projected.expectHaltedAfterRestart('purged', /begins at 6001/);
  });

  test('is purged up to the position, or of everything that was applied, goes on', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.purgeUpTo(40);
    await projected.publish(10);
    await projected.isApplied();
    await projected.manager.streams.purge(projected.name);
    await projected.restartProjector();
    await projected.publish(10);
    await projected.expectWell();
  });

  test('keeps one message per subject goes on over the gaps this makes', async () => {
    const projected = await ProjectedStream.start(1);
    const { config } = await projected.manager.streams.info(projected.name);
    await projected.manager.streams.update(projected.name, { ...config, max_msgs_per_subject: 1 });
    await projected.publishChanges(20);
    await projected.isApplied();
    await projected.restartProjector(() => projected.publishChanges(20));
    await projected.expectWell();
  });
});
