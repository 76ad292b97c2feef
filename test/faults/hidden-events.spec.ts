import { aTokenEvent, cloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish, publishRaw } from '../support/publish.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { metric } from './health.js';
import { ProjectedStream } from './projected-stream.js';

const unknown = (id: number) => JSON.stringify(cloudEvent('token.seen', { id }));

/** The message that is left of a subject does not stand for those it has taken the place of. */
describe('a projector whose stream keeps one message per subject, and which was behind,', () => {
  test('halts before a message of an unknown type that may hide an event', async () => {
    const words = /the message at 12 .* is of the unknown type token\.seen; .* other subjects than \S+\.token\.\*/;
    const projected = await compacted();
    await projected.restartProjector(async () => {
      await publish(projected.system.stream, cloudEvent('token.erased', { id: 5, version: 2 }));
      await publishRaw(projected.system.stream, unknown(5), { subject: 'token.5' });
    });
    await projected.expectHalted('purged', words);
    await projected.expectHaltedAfterRestart('purged', words);
    expect(await projected.system.database.query('select 1 from dead_letter')).toEqual([]);
  });

  test.each([
    ['all messages', false],
    ['the last message of every subject', true],
  ])('halts there also over a generation that was made from %s', async (_, lastPerSubject) => {
    const projected = await compacted();
    const { system } = projected;
    expect(await new Rebuilds(system).carryOut({ lastPerSubject })).toMatchObject({ state: 'done' });
    await projected.restartProjector(async () => {
      await publish(system.stream, cloudEvent('token.erased', { id: 5, version: 2 }));
      await publishRaw(system.stream, unknown(5), { subject: 'token.5' });
    });
    await projected.expectHalted('purged', /the message at 12 .* is of the unknown type token\.seen/);
  });

  test('goes on over the gaps that unknown types leave on subjects of their own', async () => {
    const projected = await compacted();
    const { system } = projected;
    let last = 0;
    await projected.restartProjector(async () => {
      for (const subject of ['reader.1', 'reader.2', 'other', 'reader.1', 'reader.2', 'other'])
        last = await publishRaw(system.stream, unknown(5), { subject });
      for (const version of [2, 3])
        last = await publish(system.stream, aTokenEvent('token.updated', { id: 5, version, comment: `v${version}` }));
    });
    await waitForPosition(system.query.url, last);
    expect((await httpList(system.query.url, { ids: '5' })).json()).toMatchObject({ data: [{ comment: 'v3' }] });
    expect(await metric(projected.projector, 'projector_source_changed')).toBe(0);
  });

  test.each([1, 5])('goes on over several such gaps between events: limit %i', async (limit) => {
    const projected = await compacted(limit);
    for (let restart = 0; restart < 2; restart += 1) {
      let last = 0;
      await projected.restartProjector(async () => void (last = await publishAmongChanges(projected, limit)));
      await waitForPosition(projected.system.query.url, last);
    }
    expect(await metric(projected.projector, 'projector_source_changed')).toBe(0);
  });

  test('goes back over such gaps', async () => {
    const { system } = await compacted();
    const rebuilds = new Rebuilds(system);
    await rebuilds.carryOut();
    // The live generation meets no gap.
    const applied = (last: number) => waitForPosition(system.query.url, last);
    for (const n of [1, 2, 3, 4]) {
      for (const version of [2 * n, 2 * n + 1])
        await applied(await publish(system.stream, aTokenEvent('token.updated', { id: 1, version })));
      await applied(await publishRaw(system.stream, unknown(5), { subject: `audit.${n}` }));
    }
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done', generation: 1 });
  });

  test.each([2, 5])(
    'goes on over an unknown type on the subject of a token whose newest event is still there: limit %i',
    async (limit) => {
      const projected = await compacted(limit);
      const { system } = projected;
      let last = 0;
      await projected.restartProjector(async () => {
        await projected.publishChanges(limit + 1);
        const versions = Array.from({ length: limit - 1 }, (_, i) => i + 2);
        await publish(
          system.stream,
          versions.map((version) => aTokenEvent('token.updated', { id: 5, version, comment: `v${version}` })),
        );
        last = await publishRaw(system.stream, unknown(5), { subject: 'token.5' });
      });
      await waitForPosition(system.query.url, last);
      expect((await httpList(system.query.url, { ids: '5' })).json()).toMatchObject({
        data: [{ comment: `v${limit}` }],
      });
    },
  );

  test.each([1, 2])(
    'goes on over a message that cannot be applied, and makes a dead letter of it: limit %i',
    async (limit) => {
      const projected = await compacted(limit);
      const { system } = projected;
      let last = 0;
      await projected.restartProjector(async () => {
        for (const version of [2, 3, 4]) await publish(system.stream, aTokenEvent('token.updated', { id: 1, version }));
        last = await publishRaw(system.stream, 'not JSON', { subject: 'token.77' });
      });
      await waitForPosition(system.query.url, last);
      expect(await system.database.query('select 1 from dead_letter')).toHaveLength(1);
    },
  );

  test('does not go back to a generation from before an event that a message of an unknown type hides', async () => {
    const projected = await compacted();
    const { system } = projected;
    const rebuilds = new Rebuilds(system);
    await rebuilds.carryOut();
    const updates = [3, 5].map((id) => aTokenEvent('token.updated', { id, version: 2 }));
    await waitForPosition(system.query.url, await publish(system.stream, updates));
    await waitForPosition(system.query.url, await publishRaw(system.stream, unknown(5), { subject: 'token.5' }));
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('is of the unknown type token.seen') as string,
    });
  });
});

/** Publishes changes of one token, which leave gaps, and after some of them a message of an unknown type on each of four subjects. */
async function publishAmongChanges(projected: ProjectedStream, limit: number): Promise<number> {
  let last = 0;
  for (const subject of ['audit.1', 'audit.2', 'audit.3', 'audit.4']) {
    await projected.publishChanges(limit + 1);
    for (let i = 0; i < limit; i += 1) last = await publishRaw(projected.system.stream, unknown(5), { subject });
  }
  return last;
}

async function compacted(messages = 1): Promise<ProjectedStream> {
  const projected = await ProjectedStream.start(10);
  await projected.limitPerSubject(messages);
  return projected;
}
