import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { natsRequest } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { createStream, type TestStream } from '../support/stream.js';

/** `tokenctl` waits as long for the answer to an order. */
const ANSWERED_WITHIN_MS = 4_000;
const ASKED_FOR_MS = 1_000;

describe('a projector that led and begins its session again', () => {
  let stream: TestStream;
  let proxy: TcpProxy;
  let projector: Awaited<ReturnType<typeof startProjector>>;

  beforeAll(async () => {
    const database = await createDatabase();
    stream = await createStream();
    proxy = await TcpProxy.before(database.url);
    projector = await startProjector({ ...stream.env, DATABASE_URL: proxy.through(database.url) });
  });

  const ask = (subject: string) =>
    natsRequest(stream.nats, `${stream.prefix}.${subject}`, {}, {}, ANSWERED_WITHIN_MS).then(
      ({ status, body }) => `${status} ${body}`,
      (error: unknown) => String(error),
    );
  const interruptions = () => projector.logsWith('projecting was interrupted').length;

  test('answers every question as soon as it leads again', async () => {
    const manager = await jetstreamManager(stream.nats);
    const [consumer] = await manager.consumers.list(stream.name).next();
    await manager.consumers.delete(stream.name, consumer!.name);
    const asked: Promise<string>[] = [];
    const until = performance.now() + ASKED_FOR_MS;
    while (performance.now() < until || interruptions() === 0) {
      asked.push(ask('rebuild.status'));
      await sleep(10);
    }
    const answers = new Set(await Promise.all(asked));
    expect([...answers]).toEqual(['200 {"job":null}']);
  });

  test('says why it can begin nothing while PostgreSQL is away', async () => {
    const before = interruptions();
    proxy.set('refusing');
    await eventually('an interruption', () => interruptions() > before);
    const answers = await Promise.all(['rebuild', 'rebuild.status', 'rebuild.cancel'].map(ask));
    for (const answer of answers) expect(answer).toMatch(/^503 .*interrupted: .*nothing was begun/);
  });
});
