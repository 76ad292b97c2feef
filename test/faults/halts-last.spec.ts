import { jetstreamManager } from '@nats-io/jetstream';
import { codeBlocks, sectionOf } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
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
    await projected.expectHalted('different-message', /was rewound, and does not hold the message at 100/);
    await projected.expectHaltedAfterRestart('different-message', /was rewound, and does not hold the message at 100/);
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
      projected.projector.logsWith('was rewound, and does not hold the message at 100').at(-1),
    );
    expect((await httpList(query.url)).headers.get('x-read-stale')).toBe('source-different-message');
  }, 90_000);

  test('when the stream no longer shows to the previous generation that it was rewound: no roll-back goes on in it', async () => {
    const nats = await RewindableNats.start();
    const projected = await ProjectedStream.start(20, nats.server);
    await projected.limitPerSubject(1);
    const at20 = await nats.keep();
    await projected.publish(30);
    await projected.isApplied();
    const rebuilds = new Rebuilds(projected.system);
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
    await projected.publish(50);
    await projected.isApplied();
    await nats.putBack(at20);
    await projected.expectHalted('rewound', /ends at 20/);
    await projected.publishForeign(20);
    await publishVersions(projected, 20);
    await expect(rebuilds.ask('rebuild.rollback', {})).rejects.toThrow(/cannot be brought up to date/);
    await rebuilds.ask('rebuild.rollback', { acceptStale: true });
    // It looks at once, and every five seconds. What it finds must not depend on when that is, or by whom.
    await projected.expectHaltedAfterRestart('different-message', /was rewound, and does not hold the message at 50/);
    const { headers } = await httpList(projected.system.query.url);
    expect(headers.get('x-read-position')).toBe('50');
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

  test.each([
    ['lifted', -1],
    ['raised', 10],
  ])(
    'over lost messages of a shared subject, after the limit is %s while it is behind the gap that they left',
    async (_, limit) => {
      const projected = await ProjectedStream.start(50);
      await projected.limitPerSubject(1);
      await projected.restartProjector(async () => {
        await projected.publishTogether(1, false);
        await projected.publishForeign(30_000);
        await projected.publishTogether(1, false);
      });
      await eventually(
        'it to be behind the gap',
        async () =>
          Number((await httpList(projected.system.query.url, { limit: 1 })).headers.get('x-read-position')) > 51,
        { every: 5 },
      );
      await projected.restartProjector(() => projected.limitPerSubject(limit));
      await eventually('it to halt', () => projected.projector.logsWith('kept fewer messages per subject').at(-1));
      const headers = await eventually('the list to say so', async () => {
        const answer = await httpList(projected.system.query.url, { limit: 1 });
        return answer.headers.get('x-read-stale') === 'source-purged' && answer.headers;
      });
      expect(headers.get('x-read-position')).toBe('30051');
    },
    60_000,
  );

  test('over lost messages of a shared subject, after the limit is raised before it sees the gap', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.limitPerSubject(1);
    await projected.publishChanges(2);
    await projected.isApplied();
    // The limit is stored with what is applied under it.
    await projected.restartProjector();
    await projected.expectWell();
    await projected.restartProjector(async () => {
      await projected.publishTogether(3, false);
      await projected.limitPerSubject(10);
    });
    await projected.expectHalted('purged', /kept fewer messages per subject.*removed after 52/);
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

  test('over messages that are gone after the previous generation: no roll-back passes over them unless it is meant', async () => {
    const projected = await ProjectedStream.start(30);
    const rebuilds = new Rebuilds(projected.system);
    expect(await rebuilds.carryOut({ skipDiskCheck: true })).toMatchObject({ state: 'done' });
    await projected.publish(20);
    await projected.isApplied();
    await projected.restartProjector(async () => {
      await projected.publishForeign(3);
      await projected.remove(51, 52);
    });
    await projected.expectHalted('purged', /the message after the position 50 was removed/);
    await expect(rebuilds.ask('rebuild.rollback')).rejects.toThrow(
      /Generation 1 is at 30, lacks the lost messages as well, and could not go on; rebuild\.$/,
    );
    await projected.limitPerSubject(1);
    await projected.expectHaltedAfterRestart('purged', /the message after the position 50 was removed/);
    await expect(rebuilds.ask('rebuild.rollback')).rejects.toThrow(
      /^Not gone back: .* halted at 50, because .* was removed .* from 30 without the lost messages.*--frozen/,
    );
    await projected.expectHalted('purged', /the message after the position 50 was removed/);
    expect(await rebuilds.carryOut({ acceptStale: true }, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    const { headers } = await httpList(projected.system.query.url);
    expect(headers.get('x-total-count')).toBe('51');
  }, 60_000);

  test('over messages that a mirror alone has lost, when it gets a limit per subject', async () => {
    const origin = await createStream();
    const config = { mirror: { name: origin.name }, subjects: [] };
    const mirror = await createStream({ config });
    const database = await createDatabase();
    const env = { ...database.env, ...mirror.env };
    const [before, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await waitForPosition(query.url, await publish(origin, [1, 2, 3].map(aCreation)));
    await before.stop();
    await publish(origin, [4, 5, 6].map(aCreation));
    const { streams } = await jetstreamManager(mirror.nats);
    await eventually('the mirror to have them', async () => (await streams.info(mirror.name)).state.last_seq === 6);
    await streams.deleteMessage(mirror.name, 4);
    const projector = await startProjector(env, { when: 'listening' });
    await eventually('it to halt', () => projector.logsWith('halted: ').at(-1));
    await streams.update(mirror.name, { ...config, max_msgs_per_subject: 1 });
    await projector.stop();
    const again = await startProjector(env, { when: 'listening' });
    await eventually('it to halt again', () => again.logsWith('halted: ').at(-1));
    expect((await httpList(query.url)).headers.get('x-read-stale')).toBe('source-purged');
  });
});

describe('a halt', () => {
  test('over a stream that was rewound and is back ends when an operator says so, where no message can prove it', async () => {
    const nats = await RewindableNats.start();
    const projected = await ProjectedStream.start(50, nats.server);
    const at50 = await nats.keep();
    await projected.publish(50);
    await projected.isApplied();
    await projected.manager.streams.purge(projected.name);
    const purged = await nats.keep();
    await nats.putBack(at50);
    await projected.expectHalted('rewound', /ends at 50/);
    await nats.putBack(purged);
    await projected.expectHalted('different-message', /does not hold the message at 100, which alone would prove/);
    await sayItIsRight(projected);
    await projected.publish(10);
    await projected.expectWell();
  }, 90_000);

  test('over a shared subject that is just at its limit ends when an operator says so, and what comes later is looked at again', async () => {
    const projected = await ProjectedStream.start(1);
    await projected.limitPerSubject(5);
    // It keeps up, so the shared subject is full of messages that are applied.
    await projected.publishTogether(5);
    await projected.isApplied();
    await projected.restartProjector(async () => {
      await projected.publishChanges(20);
      await projected.publishTogether(5);
    });
    await projected.expectHalted('purged', /keeps 5 messages per subject/);
    await sayItIsRight(projected);
    await projected.expectWell();
    await projected.restartProjector(async () => {
      await projected.publishTogether(6, false);
      await projected.publishForeign(1);
    });
    await projected.expectHalted('purged', /keeps 5 messages per subject.*removed after 31/);
    await sayItIsRight(projected);
    await waitForPosition(projected.system.query.url, 38);
  }, 60_000);

  test('that the release before has moved on from goes on', async () => {
    const projected = await ProjectedStream.start(50);
    await projected.limitPerSubject(1);
    await projected.restartProjector(async () => {
      await projected.system.database.query(
        `update generation set source_doubts = '{rewound,purged}', source_doubts_at = 49`,
      );
      await publishVersions(projected, 3);
    });
    await waitForPosition(projected.system.query.url, 53);
    expect((await httpList(projected.system.query.url)).headers.get('x-read-stale')).toBeNull();
  });
});

/** As docs/operations.md says it. */
async function sayItIsRight({ system }: ProjectedStream): Promise<void> {
  const [said] = codeBlocks(sectionOf(textOf('docs/operations.md'), 'A changed stream'), 'sql');
  await system.database.query(said!);
}

function aCreation(id: number) {
  return aTokenEvent('token.created', { id });
}

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
