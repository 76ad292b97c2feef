import { Rebuilds } from '../rebuild/rebuilds.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { ProjectedStream } from './projected-stream.js';
import { RewindableNats } from './rewindable-nats.js';

/** A stream that was not the right one does not become it by what happens to it later. */
describe('a projector stays halted', () => {
  test('whose stream was rewound, also once its own messages have removed those that showed it, until they are back', async () => {
    const { nats, projected, at50 } = await compacted();
    const at100 = await nats.keep();
    await nats.putBack(at50);
    await projected.expectHalted('rewound', /ends at 50/);
    await projected.publishForeign(40);
    // These take the numbers up to 110, and only the last of them stays.
    await publishVersions(projected, 20);
    await projected.expectHalted('different-message', /was rewound, and the message at 100.*was removed since/);
    await projected.expectHaltedAfterRestart('different-message', /was rewound, and the message at 100/);
    await nats.putBack(at100);
    await projected.expectWell();
    await projected.publish(10);
    await projected.expectWell();
  }, 90_000);

  test('on a generation that was put back frozen', async () => {
    const { nats, projected, at50 } = await compacted();
    await nats.putBack(at50);
    await projected.expectHalted('rewound', /ends at 50/);
    await projected.publishForeign(50);
    await projected.expectHalted('different-message', /holds another message at 100/);
    const rebuilds = new Rebuilds(projected.system);
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
    await rebuilds.ask('rebuild.rollback', { acceptStale: true });
    const { stream, query } = projected.system;
    await publish(stream, aTokenEvent('token.updated', { id: 150, version: 2 }));
    await eventually('it to look again', () =>
      projected.projector.logsWith('was rewound, and the message at 100').at(-1),
    );
    expect((await httpList(query.url)).headers.get('x-read-stale')).toBe('source-different-message');
  }, 90_000);

  test.each([
    ['removed', -1],
    ['raised', 10],
  ])('over lost messages of a shared subject, after the limit is %s', async (_, limit) => {
    const projected = await ProjectedStream.start(50);
    await projected.limitPerSubject(1);
    await projected.restartProjector(async () => {
      await projected.publishTogether(3, false);
      await projected.publishChanges(2);
    });
    await projected.expectHalted('purged', /keeps 1 messages per subject/);
    await projected.limitPerSubject(limit);
    await projected.expectHalted('purged', /kept fewer messages per subject.*removed after 50/);
    await projected.expectHaltedAfterRestart('purged', /kept fewer messages per subject/);
  });

  test('over lost messages of a shared subject, after others were applied and the limit is removed', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.limitPerSubject(1);
    await projected.restartProjector(async () => {
      await projected.publishTogether(2, false);
      await projected.publishForeign(1);
      await projected.publishTogether(1, false);
    });
    await eventually('it to halt', () => projected.projector.logsWith('keeps 1 messages per subject').at(-1));
    await projected.limitPerSubject(-1);
    await eventually('it to look again', () => projected.projector.logsWith('kept fewer messages per subject').at(-1));
    const { headers } = await httpList(projected.system.query.url);
    expect(headers.get('x-read-stale')).toBe('source-purged');
    expect(headers.get('x-read-position')).toBe('53');
  });

  test('over messages that are gone, when the stream keeps one message per subject from then on', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.restartProjector(async () => {
      await projected.publishForeign(3);
      await projected.remove(51, 52);
    });
    await projected.expectHalted('purged', /the message after the position 50 was removed/);
    await projected.limitPerSubject(1);
    await projected.expectHaltedAfterRestart('purged', /the message after the position 50 was removed/);
  });
});

/** With one message per subject and 100 messages, and a copy of the server as it was at 50. */
async function compacted(): Promise<{ nats: RewindableNats; projected: ProjectedStream; at50: string }> {
  const nats = await RewindableNats.start();
  const projected = await ProjectedStream.start(50, nats.server);
  await projected.limitPerSubject(1);
  const at50 = await nats.keep();
  await projected.publish(50);
  await projected.isApplied();
  return { nats, projected, at50 };
}

async function publishVersions(projected: ProjectedStream, count: number): Promise<void> {
  const versions = Array.from({ length: count }, (_, i) => i + 2);
  for (const version of versions)
    await publish(projected.system.stream, aTokenEvent('token.updated', { id: 1, version }));
}
