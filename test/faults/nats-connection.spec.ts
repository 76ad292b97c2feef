import type { AppProcess } from '../support/app-process.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { createStream, type TestStream } from '../support/stream.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { metric, notReady, ready } from './health.js';
import { TcpProxy } from './tcp-proxy.js';
import { Traffic } from './traffic.js';

/** The client gives up for good after 10 attempts, unless told otherwise. */
const MORE_THAN_THE_CLIENT_TRIES = 14;
/** Two pings of 5 s without an answer, and then some. */
const SILENCE_NOTICED_WITHIN_MS = 20_000;
/** Between two attempts of one app. */
const SHORTEST_PAUSE_MS = 250;
/** For the server's first word. */
const ATTEMPT_WAITS_MS = 5_000;

describe('the connection to NATS', () => {
  let database: TestDatabase;
  let stream: TestStream;
  let toNats: TcpProxy;
  let toPostgres: TcpProxy;
  let projector: AppProcess;
  let query: AppProcess;
  let traffic: Traffic | undefined;

  beforeEach(async () => {
    [database, stream] = await Promise.all([createDatabase(), createStream()]);
    [toNats, toPostgres] = await Promise.all([TcpProxy.before(stream.natsUrl), TcpProxy.before(database.url)]);
    const env = { ...database.env, ...stream.env, NATS_URL: toNats.through(stream.natsUrl) };
    [projector, query] = await Promise.all([
      startProjector({ ...env, DATABASE_URL: toPostgres.through(database.url) }),
      startQuery(env),
    ]);
    traffic = new Traffic(stream);
    await waitForPosition(query.url, 200);
  });

  const expectAllIsWell = async () => {
    await waitForPosition(query.url, traffic!.head + 200);
    await traffic!.stop();
    await expectReadModelOfStream({ database, stream, query }, traffic!.acknowledged);
    // The server does not know yet that an earlier connection is dead, and sends it requests too: a caller asks again.
    await eventually('the list to be answered over NATS', () =>
      stream.nats.request(`${stream.prefix}.list`, '', { timeout: 500 }),
    );
  };

  test('reset and refused for longer than the client tries by default: both apps try on, with pauses', async () => {
    const attempts = toNats.attempts;
    const startedAt = performance.now();
    toNats.set('refusing');
    await Promise.all([projector, query].map((app) => notReady(app, 'nats', /is not connected/)));
    const enough = () => toNats.attempts - attempts >= 2 * MORE_THAN_THE_CLIENT_TRIES;
    await eventually('both to have tried often enough', enough, { within: 20_000 });
    expect(await metric(projector, 'projector_lag_seconds')).toBeGreaterThan(1);
    const most = 2 * (1 + (performance.now() - startedAt) / SHORTEST_PAUSE_MS);
    expect(toNats.attempts - attempts).toBeLessThanOrEqual(most);
    toNats.set('open');
    await Promise.all([projector, query].map((app) => ready(app)));
    expect(await metric(projector, 'projector_nats_reconnects')).toBe(1);
    await expectAllIsWell();
  });

  test('slow: nothing is interrupted', async () => {
    toNats.latencyMs = 50;
    await waitForPosition(query.url, traffic!.head + 2_000);
    expect(await metric(projector, 'projector_interruptions_total')).toBe(0);
    await expectAllIsWell();
  });

  test('silent: both apps notice in time, and come back by themselves', async () => {
    const attempts = toNats.attempts;
    const silentSince = performance.now();
    toNats.set('silent');
    const noticed = [projector, query].map((app) =>
      notReady(app, 'nats', /is not connected/, SILENCE_NOTICED_WITHIN_MS),
    );
    await Promise.all(noticed);
    const most = 2 * (1 + (performance.now() - silentSince) / ATTEMPT_WAITS_MS);
    expect(toNats.attempts - attempts).toBeLessThanOrEqual(most);
    toNats.set('open');
    await Promise.all([projector, query].map((app) => ready(app, 15_000)));
    await expectAllIsWell();
  });

  test('silent on an idle stream, and PostgreSQL silent with it: the projector comes back by itself', async () => {
    await traffic!.stop();
    await waitForPosition(query.url, traffic!.head);
    toNats.set('silent');
    toPostgres.set('silent');
    await notReady(projector, 'projector', /^interrupted: /, SILENCE_NOTICED_WITHIN_MS);
    toNats.set('open');
    toPostgres.set('open');
    await ready(projector, 30_000);
    traffic = new Traffic(stream);
    await expectAllIsWell();
  }, 90_000);
});
