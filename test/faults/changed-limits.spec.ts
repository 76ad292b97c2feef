import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';

/** The projector needs some seconds for them. */
const BACKLOG = 40_000;
/** More than it reads at once. */
const BETWEEN = 5_000;
/** Longer than between two looks of the projector at the stream. */
const SEEN_WITHIN_MS = 500;

const tokens = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => aTokenEvent('token.created', { id: from + n }));

/** All on one subject, which names none of them: with a low limit, the server removes some that nobody has read. */
test.each([
  ['raised twice', { first: 1, before: [2], after: [10] }],
  ['lowered for a moment', { first: 100, before: [], after: [1, 100] }],
])(
  'a limit per subject that is %s while the projector is behind hides no loss',
  async (_, limits) => {
    const [database, stream] = await Promise.all([
      createDatabase(),
      createStream({ config: { max_msgs_per_subject: limits.first } }),
    ]);
    const env = { ...database.env, ...stream.env };
    const query = await startQuery(env);
    const first = await startProjector(env);
    await waitForPosition(query.url, await publish(stream, tokens(1, 20)));
    await first.stop();
    await publish(stream, tokens(1_000, BACKLOG));
    const { streams } = await jetstreamManager(stream.nats);
    const setLimits = async (each: readonly number[]) => {
      for (const limit of each) {
        const { config } = await streams.info(stream.name);
        await streams.update(stream.name, { ...config, max_msgs_per_subject: limit });
        await sleep(SEEN_WITHIN_MS);
      }
    };
    const live = async () => {
      const [row] = await database.query<{ position: string; stale_because: string | null }>(
        `select position, stale_because from generation where state = 'live'`,
      );
      return row!;
    };

    await startProjector(env, { when: 'listening' });
    await eventually('it to read', async () => Number((await live()).position) > 20);
    await setLimits(limits.before);
    await publish(stream, tokens(100_000, BETWEEN));
    for (const event of tokens(900_001, 3)) await publishRaw(stream, JSON.stringify(event), { subject: 'shared' });
    await setLimits(limits.after);
    expect(Number((await live()).position)).toBeLessThan(BACKLOG);

    await eventually('it to halt', async () => (await live()).stale_because !== null, { within: 40_000 });
    const { headers } = await httpList(query.url, { limit: 1 });
    expect([headers.get('x-read-stale'), Number(headers.get('x-read-position'))]).toEqual([
      'source-purged',
      BACKLOG + BETWEEN + 20,
    ]);
  },
  120_000,
);
