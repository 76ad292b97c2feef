import { jetstreamManager } from '@nats-io/jetstream';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { aTokenEvent, cloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import type { AppProcess } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import type { System } from '../support/system.js';
import { releaseOfSchema } from './other-release.js';

interface Live {
  readonly number: number;
  readonly position: string;
}

const tokens = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => aTokenEvent('token.created', { id: from + n }));

/** A generation that becomes live has read the stream from its start: what is missing there was never missing to it. */
describe('a projector whose release switches while it catches up under a limit per subject', () => {
  let system: Pick<System, 'database' | 'stream' | 'env'> & { readonly query: AppProcess };
  let projector: AppProcess;

  beforeEach(async () => {
    const [database, stream] = await Promise.all([
      createDatabase(),
      createStream({ config: { max_msgs_per_subject: 1 } }),
    ]);
    const env = { ...database.env, ...stream.env };
    system = { database, stream, env, query: await startQuery(env) };
  });

  async function applyFirst(): Promise<void> {
    const { env, query, stream } = system;
    projector = await startProjector(env);
    await waitForPosition(query.url, await publish(stream, tokens(1, 20)));
    await projector.stop();
  }

  /** On one subject, which names none of them. */
  async function publishTogether(count: number): Promise<void> {
    const { stream } = system;
    for (const event of tokens(900_001, count)) await publishRaw(stream, JSON.stringify(event), { subject: 'shared' });
  }

  async function expectAtEnd(sequence: number): Promise<void> {
    await eventually('it to read on', async () => Number((await live()).position) >= sequence, { within: 30_000 });
    expect((await live()).number).toBe(2);
    const { headers } = await httpList(system.query.url, { limit: 1 });
    expect([headers.get('x-read-position'), headers.get('x-read-stale')]).toEqual([String(sequence), null]);
  }

  async function live(): Promise<Live> {
    const [row] = await system.database.query<Live>(`select number, position from generation where state = 'live'`);
    return row!;
  }

  async function expectHalted(words: string): Promise<void> {
    await eventually('it to halt', () => projector.logsWith(words).at(-1), { within: 30_000 });
    expect((await live()).number).toBe(2);
    await eventually(
      'the list to say so',
      async () => (await httpList(system.query.url, { limit: 1 })).headers.get('x-read-stale') === 'source-purged',
    );
  }

  /** The release before stops in the middle of what came meanwhile. */
  async function stopInTheMiddle(): Promise<void> {
    projector = await startProjector(system.env, { when: 'listening' });
    await eventually('it to catch up', async () => Number((await live()).position) > 20, { every: 5 });
    await projector.stop();
  }

  async function upgrade(): Promise<void> {
    const directory = await releaseOfSchema(SCHEMA_VERSION + 1);
    projector = await startProjector(system.env, { when: 'listening', directory });
  }

  test('halts over a lost message that the former live generation has not come to', async () => {
    await applyFirst();
    const { stream } = system;
    await publish(stream, tokens(777, 1));
    await publish(stream, tokens(1_000, 30_000));
    await publishRaw(stream, JSON.stringify(cloudEvent('token.seen', { id: 777 })), { subject: 'token.777' });
    await stopInTheMiddle();
    await upgrade();
    await expectHalted('the message at 30022 does not stand for them');
  }, 60_000);

  test('halts over a message that was lost under a limit which only the former live generation has seen', async () => {
    await applyFirst();
    const { stream } = system;
    await publish(stream, tokens(1_000, 30_000));
    await publishTogether(2);
    await stopInTheMiddle();
    const { streams } = await jetstreamManager(stream.nats);
    const { config } = await streams.info(stream.name);
    await streams.update(stream.name, { ...config, max_msgs_per_subject: 5 });
    await upgrade();
    await expectHalted('kept fewer messages per subject');
  }, 60_000);

  test('goes on over messages that were removed before the first of all was read', async () => {
    const { stream } = system;
    await publish(stream, tokens(1_000, 30_000));
    await publishTogether(2);
    const last = await publish(stream, tokens(1, 10));
    await stopInTheMiddle();
    await upgrade();
    await expectAtEnd(last);
  }, 60_000);

  test('halts again over messages of which an operator has said too early that they are not missing', async () => {
    await applyFirst();
    const { database, env, stream } = system;
    const say = () =>
      database.query(
        `update generation set source_doubts = null, gap_after = 0, gap_until = null where state = 'live'`,
      );
    await publishTogether(2);
    const last = await publish(stream, tokens(1_000, 10));
    projector = await startProjector(env, { when: 'listening' });
    await eventually('it to halt', () => projector.logsWith('keeps 1 messages per subject').at(-1));
    await projector.stop();
    await say();
    await upgrade();
    await expectHalted('keeps 1 messages per subject');
    expect(await database.query('select gap_after, gap_until from generation where number = 1')).toEqual([
      { gap_after: null, gap_until: null },
    ]);
    await say();
    await expectAtEnd(last);
  }, 60_000);
});
