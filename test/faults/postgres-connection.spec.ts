import { natsRequest, httpList, waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import type { AppProcess } from '../support/app-process.js';
import { createStream, type TestStream } from '../support/stream.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { metric, notReady, ready } from './health.js';
import { TcpProxy } from './tcp-proxy.js';
import { Traffic } from './traffic.js';

/** The projector's longest wait for an answer is 35 s, its longest pause 5 s. */
const HALF_OPEN_NOTICED_WITHIN_MS = 45_000;
/** The sampler's, which looks again and again while its projector believes that it leads. */
const SAMPLER_LOOKS_EVERY_MS = 2_000;
/** To write again: each waits 5 s for an answer. */
const WRITER_ATTEMPTS = 4;

describe('the connection to PostgreSQL', () => {
  let database: TestDatabase;
  let stream: TestStream;
  let proxy: TcpProxy;
  let projector: AppProcess;
  let query: AppProcess;
  let traffic: Traffic;

  beforeEach(async () => {
    [database, stream] = await Promise.all([createDatabase(), createStream()]);
    proxy = await TcpProxy.before(database.url);
    const env = { ...database.env, ...stream.env };
    [projector, query] = await Promise.all([
      startProjector({ ...env, DATABASE_URL: proxy.through(database.url) }),
      startQuery(env),
    ]);
    traffic = new Traffic(stream);
    await waitForPosition(query.url, 200);
  });

  const expectAllIsWell = async () => {
    await waitForPosition(query.url, traffic.head + 200);
    await traffic.stop();
    await expectReadModelOfStream({ database, stream, query }, traffic.acknowledged);
  };

  test('reset and refused for a while: the projector tries again with pauses, and goes on by itself', async () => {
    const attempts = proxy.attempts;
    proxy.set('refusing');
    const startedAt = performance.now();
    await notReady(projector, 'projector', /^interrupted: /);
    await eventually('the projector to try again', () => proxy.attempts - attempts >= 4);
    // Pauses of at least 0.1, 0.2, 0.4, 0.8 s and so on.
    expect(proxy.attempts - attempts).toBeLessThanOrEqual(2 + Math.log2(1 + (performance.now() - startedAt) / 100));
    proxy.set('open');
    await ready(projector);
    expect(await metric(projector, 'projector_interruptions_total')).toBeGreaterThanOrEqual(4);
    await expectAllIsWell();
  });

  test('slow: batches become larger, nothing is interrupted', async () => {
    proxy.latencyMs = 50;
    await waitForPosition(query.url, traffic.head + 2_000);
    expect(await metric(projector, 'projector_interruptions_total')).toBe(0);
    await expectAllIsWell();
  });

  test('silent: a standby takes over, and the old leader comes back by itself', async () => {
    const standby = await startProjector({ ...database.env, ...stream.env });
    const attempts = proxy.attempts;
    const silentSince = performance.now();
    proxy.set('silent');
    await eventually('the standby to lead', async () => (await metric(standby, 'projector_leader')) === 1, {
      within: 15_000,
    });
    await waitForPosition(query.url, traffic.head + 200);
    await notReady(projector, 'projector', /^interrupted: /, HALF_OPEN_NOTICED_WITHIN_MS);
    expect(await metric(projector, 'projector_leader')).toBe(0);
    proxy.set('open');
    await ready(projector, 30_000);
    const samplerAttempts = Math.ceil((performance.now() - silentSince) / SAMPLER_LOOKS_EVERY_MS);
    expect(proxy.attempts - attempts).toBeLessThanOrEqual(WRITER_ATTEMPTS + samplerAttempts);
    await standby.stop();
    await eventually('it to lead again', async () => (await metric(projector, 'projector_leader')) === 1);
    await expectAllIsWell();
  }, 120_000);
});

describe("the query app's connection to PostgreSQL, when it falls silent", () => {
  test('both doors say 503 in time, and answer by themselves once it is back', async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream()]);
    const proxy = await TcpProxy.before(database.url);
    const query = await startQuery({ ...stream.env, DATABASE_URL: proxy.through(database.url) });
    const ask = async () => {
      const startedAt = performance.now();
      const [http, nats] = await Promise.all([
        httpList(query.url),
        natsRequest(stream.nats, `${stream.prefix}.list`, {}),
      ]);
      return { statuses: [http.status, nats.status], ms: performance.now() - startedAt };
    };
    expect((await ask()).statuses).toEqual([200, 200]);

    proxy.set('silent');
    for (let i = 0; i < 2; i += 1) {
      const { statuses, ms } = await ask();
      expect(statuses).toEqual([503, 503]);
      expect(ms).toBeLessThan(9_000);
    }
    await notReady(query, 'database', /is not reachable/);
    proxy.set('open');
    await eventually('both doors to answer', async () => (await ask()).statuses.every((status) => status === 200), {
      within: 15_000,
    });
  });
});
