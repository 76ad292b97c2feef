import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { jetstreamManager, type ConsumerInfo, type JetStreamManager } from '@nats-io/jetstream';
import type pg from 'pg';
import type { StoredJob } from '#projection/job.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { GenerationBuild } from '#projection/rebuild/generation-build.js';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';

/** More than are read ahead: while those wait, nothing more is asked for. */
const MESSAGES = 5_000;
const READ_AHEAD = 2_000;
const never = () => false;

describe('a build', () => {
  let database: TestDatabase;
  let stream: TestStream;
  let manager: JetStreamManager;
  let client: pg.Client;
  let kept: Partial<StoredJob>;

  beforeEach(async () => {
    [database, stream] = await Promise.all([createDatabase(), createStream()]);
    manager = await jetstreamManager(stream.nats);
    client = await connectWriter(database.url, 10_000);
    kept = {};
  });
  afterEach(() => disconnectWriter(client));

  async function open(change: Partial<StoredJob> = {}): Promise<GenerationBuild> {
    const { created } = await manager.streams.info(stream.name);
    const keep = (more: Partial<StoredJob>) => Promise.resolve(void Object.assign(kept, more));
    const fence = () => Promise.resolve();
    const connection = stream.nats;
    const parts = { projection: TOKEN_PROJECTION, client, fence, keep, connection, generation: 1 };
    const job: StoredJob = { ...PLAIN_REBUILD, startedAt: '', requested: 'run', phase: 'filling', ...change };
    return GenerationBuild.open(parts, { stream: stream.name, streamCreated: created }, job);
  }

  /** As a server does where nothing was asked of it for five minutes: an index, a proof or a pause takes longer. */
  async function consumerIsForgotten(): Promise<ConsumerInfo> {
    const consumer = await eventually('it to read ahead', async () => {
      const [info] = await manager.consumers.list(stream.name).next();
      return info!.delivered.consumer_seq >= READ_AHEAD && info!.num_waiting === 0 && info!;
    });
    await manager.consumers.delete(stream.name, consumer.name);
    return consumer;
  }

  test.each([
    ['the server has forgotten its consumer while it waited', false],
    ['another consumer has taken the place of its own', true],
  ])(
    'goes on where %s',
    async (_, isReplaced) => {
      await Promise.all(Array.from({ length: MESSAGES }, () => publishRaw(stream, '{"type":"unknown"}')));
      const build = await open();
      try {
        const { config } = await consumerIsForgotten();
        // From the same sequence on: over deliveries that do not follow the last one the client makes one more.
        if (isReplaced) await manager.consumers.add(stream.name, config);
        await expect(build.feedTo(MESSAGES, never, () => undefined)).resolves.toBe(true);
        expect(build.position.sequence).toBe(MESSAGES);
      } finally {
        await build.close();
      }
    },
    60_000,
  );

  test('of the last messages of all subjects does not read them once more when it has read them, though the last one is gone', async () => {
    await publish(stream, aTokenEvent('token.created', { id: 1 }));
    const last = await publish(stream, aTokenEvent('token.created', { id: 2 }));
    await manager.streams.deleteMessage(stream.name, last);
    const begun = await open({ lastPerSubject: true });
    await expect(begun.feedTo(last, never)).resolves.toBe(true);
    await begun.close();
    await publish(stream, aTokenEvent('token.created', { id: 3 }));
    const again = await open({ lastPerSubject: true, ...kept });
    await again.close();
    expect(again.completeFrom).toBe(last);
  });

  test('of the last messages of all subjects goes on with those alone when it is begun again in the middle', async () => {
    const [first, second] = [1, 2].map((id) => aTokenEvent('token.created', { id }));
    await publish(stream, first!);
    await publishRaw(stream, 'no JSON', { subject: 'token.2' });
    const last = await publish(stream, second!);
    const begun = await open({ lastPerSubject: true });
    await begun.feedTo(1, never, () => undefined);
    await begun.close();
    expect(kept).toEqual({ completeFrom: last });
    await publishRaw(stream, 'no JSON', { subject: 'token.3' });
    const head = await publish(stream, aTokenEvent('token.created', { id: 3 }));
    const again = await open({ lastPerSubject: true, ...kept });
    try {
      await expect(again.feedTo(head, never, () => undefined)).resolves.toBe(true);
      expect(again.completeFrom).toBe(head);
    } finally {
      await again.close();
    }
    expect(await database.query('select id::integer from token_1 order by id')).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
    expect(await database.query('select 1 from dead_letter')).toEqual([]);
  });
});
