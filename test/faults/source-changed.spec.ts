import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, natsRequest, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { metric, ready } from './health.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { ProjectedStream } from './projected-stream.js';
import { TcpProxy } from './tcp-proxy.js';

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

  test('is deleted and created again, with as many messages as before, halts, and starts halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.recreate();
    await projected.publishForeign(50);
    await projected.expectHalted('recreated', /was made .* but the position 50 is of the stream/);
    await projected.publishForeign(20);
    await projected.expectHaltedAfterRestart('recreated', /was made/);
  });

  test('is created again reaches no position that a caller wants: the sequences of its messages are of another history', async () => {
    const projected = await ProjectedStream.start(50);
    const { query, stream } = projected.system;
    await projected.recreate();
    await projected.publishForeign(1);
    await projected.expectHalted('recreated', /was made/);
    const wants = (sequence: number) => ({ 'x-min-position': String(sequence) });
    const startedAt = performance.now();
    for (const sequence of [1, 50, 51]) {
      const headers = wants(sequence);
      const replies = await Promise.all([
        httpList(query.url, { limit: 1 }, { headers }),
        httpRequest(`${query.url}/v2/tokens/1`, { headers }),
        natsRequest(stream.nats, `${stream.prefix}.list`, { limit: 1 }, headers),
      ]);
      for (const reply of replies) {
        expect([reply.status, reply.headers.get('x-read-stale')]).toEqual([503, 'source-recreated']);
        expect(reply.json<{ message: string }>().message).toMatch(/of another stream \(source-recreated\)/);
      }
    }
    // Nobody waits for what cannot come.
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect((await httpList(query.url, { limit: 1 }, { headers: wants(0) })).status).toBe(200);
  });

  test('is created again while nobody looks, with fewer messages or with more, starts halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.restartProjector(async () => {
      await projected.recreate();
      await projected.publishForeign(20);
    });
    await projected.expectHalted('recreated', /was made/);
    await projected.publishForeign(80);
    await projected.expectHaltedAfterRestart('recreated', /was made/);
  });

  test('is created again between the check and the reading halts, and nothing of the new one is applied', async () => {
    const projected = await ProjectedStream.start(50);
    const { natsUrl } = projected.system.stream;
    const proxy = await TcpProxy.before(natsUrl);
    const held = proxy.holdBefore(/CONSUMER\.CREATE/);
    await projected.restartProjector(undefined, { NATS_URL: proxy.through(natsUrl) });
    await held;
    await projected.recreate();
    await projected.publishForeign(80);
    proxy.set('open');
    await projected.expectHalted('recreated', /was made .* but the position 50 is of the stream/);
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

  test('has lost messages in the middle of what was not yet applied halts before them, and stays halted', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.restartProjector(async () => {
      await projected.publish(10);
      await projected.publishForeign(50);
      await projected.remove(61, 62, 80);
    });
    await projected.expectHalted('purged', /the message after the position 60 was removed/);
    await projected.expectHaltedAfterRestart('purged', /after the position 60/);
    // It does not begin to read between two looks.
    expect(projected.projector.logsWith('projecting')).toEqual([]);
  });

  describe('has lost its last messages before they were applied', () => {
    /** Nothing is missing after the end of the stream, so it stays well. */
    async function expectWellAt(projected: ProjectedStream, sequence: number): Promise<void> {
      const { system } = projected;
      await ready(projected.projector);
      await waitForPosition(system.query.url, sequence);
      await projected.restartProjector();
      await ready(projected.projector);
      await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
      expect(await metric(projected.projector, 'projector_source_changed')).toBe(0);
      expect((await httpList(system.query.url)).headers.get('x-read-stale')).toBeNull();
    }

    test('halts, until a rebuild takes it as it is', async () => {
      const projected = await ProjectedStream.start(50);
      await projected.restartProjector(async () => {
        await projected.publishForeign(2);
        await projected.remove(51, 52);
      });
      await projected.expectHalted('purged', /ends at 52, but the message after the position 50 was removed/);
      expect(await new Rebuilds(projected.system).carryOut()).toMatchObject({ state: 'done' });
      await expectWellAt(projected, 52);
    });

    test('and keeps one message per subject is taken as it is by one rebuild, where a setting says so', async () => {
      const projected = await ProjectedStream.start(2);
      await projected.limitPerSubject(1);
      const meanwhile = async () => {
        await projected.publishForeign(2);
        await projected.remove(3, 4);
      };
      await projected.restartProjector(meanwhile, { ON_SOURCE_CHANGE: 'rebuild' });
      await expectWellAt(projected, 4);
      expect(await projected.system.database.query('select 1 from finished_job')).toHaveLength(1);
    });
  });

  test('was purged before anything of it was applied is read from where it begins', async () => {
    const stream = await createStream();
    const before = aTokenEvent('token.created', { id: 1 });
    await publish(stream, [before, before, before]);
    await (await jetstreamManager(stream.nats)).streams.purge(stream.name, { seq: 3 });
    const database = await createDatabase();
    const env = { ...database.env, ...stream.env };
    const [projector, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await waitForPosition(query.url, 3);
    expect(await metric(projector, 'projector_source_changed')).toBe(0);
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
    await projected.limitPerSubject(1);
    await projected.publishChanges(20);
    await projected.isApplied();
    await projected.restartProjector(() => projected.publishChanges(20));
    await projected.expectWell();
  });

  test('keeps one message per subject, but has lost the last one before it was applied, halts', async () => {
    const projected = await ProjectedStream.start(1);
    await projected.limitPerSubject(1);
    await projected.restartProjector(async () => {
      await projected.publishForeign(1);
      await projected.remove(2);
    });
    await projected.expectHalted('purged', /after the position 1 was removed/);
  });

  test('keeps five messages per subject goes on while none is lost, and halts before an event whose subject may have lost some', async () => {
    const projected = await ProjectedStream.start(1);
    await projected.limitPerSubject(5);
    // It keeps up with a subject that several tokens share: nothing is missing, though the first of them are gone.
    for (let i = 0; i < 3; i += 1) {
      await projected.publishTogether(4);
      await projected.isApplied();
    }
    // What is missing gave way to newer messages of a subject that names its token; the shared subject has lost nothing.
    await projected.restartProjector(async () => {
      await projected.publishChanges(20);
      await projected.publishTogether(2);
    });
    await projected.expectWell();
    await projected.restartProjector(() => projected.publishTogether(45, false));
    await projected.expectHalted('purged', /keeps 5 messages per subject.*events\.together.*removed after 35/);
    await projected.expectHaltedAfterRestart('purged', /keeps 5 messages per subject/);
    expect(projected.projector.logsWith('projecting')).toEqual([]);
  });

  test('keeps five messages per subject halts before such an event in the middle of what it reads, and skips nothing for what comes behind', async () => {
    const projected = await ProjectedStream.start(1);
    await projected.limitPerSubject(5);
    await projected.restartProjector(async () => {
      await projected.publishChanges(6);
      await projected.publishTogether(45, false);
      // More than makes one batch, on subjects that name their tokens.
      await projected.publishForeign(4_500);
    });
    await projected.expectHalted('purged', /keeps 5 messages per subject.*events\.together.*removed after 7/);
  });

  test('keeps few messages per subject is read for the first time as it is, whatever its subjects are', async () => {
    const stream = await createStream({ config: { max_msgs_per_subject: 5 } });
    const other = aTokenEvent('token.created');
    for (const subject of ['together', 'others', 'together'])
      for (let i = 0; i < 9; i += 1) await publishRaw(stream, JSON.stringify(other), { subject });
    const database = await createDatabase();
    const env = { ...database.env, ...stream.env };
    const [projector, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await waitForPosition(query.url, 27);
    expect(await metric(projector, 'projector_source_changed')).toBe(0);
  });
});
