import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { holdLocks, STALL_BATCHES } from './hold-locks.js';

/** The projector needs some seconds for them. */
const BACKLOG = 30_000;
/** More than it reads at once. */
const BETWEEN = 5_000;
/** Longer than between two looks of the projector at the stream. */
const SEEN_WITHIN_MS = 300;

const tokens = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => aTokenEvent('token.created', { id: from + n }));

describe('a limit per subject that changes while the projector is behind hides no loss', () => {
  let database: TestDatabase;
  let stream: TestStream;
  let query: AppProcess;

  async function begin(limit: number): Promise<void> {
    [database, stream] = await Promise.all([
      createDatabase(),
      createStream({ config: { max_msgs_per_subject: limit } }),
    ]);
    const env = { ...database.env, ...stream.env };
    query = await startQuery(env);
    const first = await startProjector(env);
    await waitForPosition(query.url, await publish(stream, tokens(1, 20)));
    await first.stop();
    await publish(stream, tokens(1_000, BACKLOG));
  }

  /** All on one subject, which names none of them: with a low limit, the server removes some that nobody has read. */
  async function publishTogether(): Promise<void> {
    await publish(stream, tokens(100_000, BETWEEN));
    for (const event of tokens(900_001, 3)) await publishRaw(stream, JSON.stringify(event), { subject: 'shared' });
  }

  async function startReading(): Promise<void> {
    await startProjector({ ...database.env, ...stream.env }, { when: 'listening' });
    await eventually('it to read', async () => Number((await live()).position) > 20);
  }

  async function setLimit(limit: number): Promise<void> {
    const { streams } = await jetstreamManager(stream.nats);
    const { config } = await streams.info(stream.name);
    await streams.update(stream.name, { ...config, max_msgs_per_subject: limit });
  }

  async function live(): Promise<{ position: string; stale_because: string | null }> {
    const [row] = await database.query<{ position: string; stale_because: string | null }>(
      `select position, stale_because from generation where state = 'live'`,
    );
    return row!;
  }

  async function expectHalt(): Promise<void> {
    await eventually('it to halt', async () => (await live()).stale_because !== null, { within: 40_000 });
    const { headers } = await httpList(query.url, { limit: 1 });
    expect([headers.get('x-read-stale'), Number(headers.get('x-read-position'))]).toEqual([
      'source-purged',
      BACKLOG + BETWEEN + 20,
    ]);
  }

  test('raised twice', async () => {
    await begin(1);
    await startReading();
    await setLimit(2);
    await sleep(SEEN_WITHIN_MS);
    const letGo = await holdLocks(database, STALL_BATCHES);
    await publishTogether();
    await setLimit(10);
    await letGo();
    await expectHalt();
  }, 120_000);

  test('lowered for a moment', async () => {
    await begin(100);
    await publishTogether();
    await startReading();
    await setLimit(1);
    await sleep(SEEN_WITHIN_MS);
    await setLimit(100);
    await expectHalt();
  }, 120_000);
});
