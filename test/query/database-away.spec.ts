import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest, waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startPostgres } from '../support/servers/postgres.js';
import type { OwnServer } from '../support/servers/server.js';
import { createStream, type TestStream } from '../support/stream.js';
import type { AppProcess } from '../support/app-process.js';
import { Doors } from './doors.js';
import { expectError, expectNatsError } from './service-error.js';

/** The longest that a caller may be kept waiting to hear that the database is away. */
const TOLD_WITHIN_MS = 8_000;

describe('while the database is away', () => {
  let server: OwnServer;
  let database: TestDatabase;
  let stream: TestStream;
  let query: AppProcess;
  let doors: Doors;

  beforeAll(async () => {
    // Durable: a killed server must come back with what it had committed.
    server = await startPostgres({ durable: true });
    atEnd('stopping PostgreSQL', () => server.stop());
    [database, stream] = await Promise.all([createDatabase(server), createStream()]);
    const env = { ...database.env, ...stream.env };
    const [projector, started] = await Promise.all([startProjector(env), startQuery(env)]);
    query = started;
    await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created', { id: 5 })));
    // Only the query app is looked at here; the projector would go on looking for its database.
    await projector.stop();
    doors = new Doors({ url: query.url, nats: stream.nats, prefix: stream.prefix });
  });

  const expectAway = async () => {
    const startedAt = performance.now();
    const [list, token, ofNats, tokenOfNats] = await Promise.all([
      doors.http(''),
      httpRequest(`${query.url}/v2/tokens/5`),
      doors.nats(''),
      doors.nats({ id: 5 }, 'get'),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(TOLD_WITHIN_MS);
    for (const reply of [list, token]) {
      expect(expectError(reply, 503)).toMatch(/database/);
      expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    for (const reply of [ofNats, tokenOfNats]) expect(expectNatsError(reply, 503)).toMatch(/database/);
  };
  const expectBack = () =>
    eventually('the list to be answered again', async () => {
      const { status } = await doors.http('');
      return status === 200 && (await doors.list()).json<{ count: number }>().count === 1;
    });

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'after %s, both doors say 503 and when to try again, and answer by themselves once it is back',
    async (signal) => {
      await server.kill(signal);
      await expectAway();
      // A second time: the first may have found connections that were still open.
      await expectAway();
      await server.restart();
      await expectBack();
    },
  );

  test('nothing but readiness changes, and wrong requests are still refused as such', async () => {
    await server.kill();
    await eventually('readiness to be 503', async () => (await fetch(`${query.url}/health/ready`)).status === 503);
    expect((await fetch(`${query.url}/health/live`)).status).toBe(200);
    expect((await doors.list({ limit: 0 })).status).toBe(400);
    expect((await httpRequest(`${query.url}/v2/tokens`, { token: null })).status).toBe(403);
    await server.restart();
    await eventually('readiness to be 200', async () => (await fetch(`${query.url}/health/ready`)).status === 200);
  });

  test('a query app that starts meanwhile says 503 and answers once it is back', async () => {
    await server.kill();
    await query.stop();
    query = await startQuery({ ...database.env, ...stream.env }, { when: 'listening' });
    doors = new Doors({ url: query.url, nats: stream.nats, prefix: stream.prefix });
    await eventually('the app to be on NATS', () => query.logsWith('connected to NATS').length > 0);
    await expectAway();
    await server.restart();
    await expectBack();
  });
});
