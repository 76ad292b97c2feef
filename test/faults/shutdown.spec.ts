import { aTokenEvent } from '../support/builders.js';
import { httpList, natsRequest, waitForPosition } from '../support/clients.js';
import type { AppProcess } from '../support/app-process.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { notReady } from './health.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { HttpLoad } from './http-load.js';
import { KeptConnection, takesConnections } from './kept-connection.js';
import { TcpProxy } from './tcp-proxy.js';
import { Traffic } from './traffic.js';

const WITHIN_MS = 10_000;
const STALL_READERS = 'lock table token_1 in access exclusive mode';

function readersWaitForLock(database: TestDatabase, readers: number): Promise<unknown> {
  return eventually(`${readers} requests to wait`, async () => {
    const waiting = await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name ^@ 'token-query' and wait_event_type = 'Lock'`,
    );
    return waiting.length === readers;
  });
}

describe('SIGTERM under load', () => {
  let system: System;

  beforeEach(async () => {
    system = await startSystem();
  });

  /** @throws when it takes longer than promised, or ends with anything but 0 */
  const expectStopped = async (app: AppProcess, since: number) => {
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - since).toBeLessThan(WITHIN_MS);
  };

  test.each([
    ['whose batch ends in time commits it', true],
    ['whose batch does not end in time leaves without it', false],
  ])('a projector %s, and nothing is lost', async (_, endsInTime) => {
    const { database, stream, projector, query, env } = system;
    const traffic = new Traffic(stream);
    await waitForPosition(query.url, 200);
    const release = await holdLocks(database, STALL_BATCHES);
    await batchWaitsForLock(database);
    const before = Number((await httpList(query.url)).headers.get('x-read-position'));

    const since = performance.now();
    projector.kill('SIGTERM');
    await notReady(projector, 'process', /is shutting down/);
    if (endsInTime) await release();
    await expectStopped(projector, since);
    await release();
    if (endsInTime) await waitForPosition(query.url, before + 1);

    await startProjector(env);
    await waitForPosition(query.url, traffic.head + 200);
    await traffic.stop();
    await expectReadModelOfStream(system, traffic.acknowledged);
  });

  test('a query app answers what it was asked before on both doors, and says meanwhile that it is not ready', async () => {
    const { database, stream, query } = system;
    await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created', { id: 1 })));
    const release = await holdLocks(database, STALL_READERS);
    const asked = Promise.all([httpList(query.url), natsRequest(stream.nats, `${stream.prefix}.list`)]);
    await readersWaitForLock(database, 2);
    const since = performance.now();
    query.kill('SIGTERM');
    await notReady(query, 'process', /is shutting down/);
    await release();
    for (const { status, json } of await asked) {
      expect(status).toBe(200);
      expect(json()).toMatchObject({ count: 1 });
    }
    await expectStopped(query, since);
  });

  test('a query app waits for no connection whose last request it has answered', async () => {
    const { database, query } = system;
    const release = await holdLocks(database, STALL_READERS);
    const connection = await KeptConnection.to(query.url, await signToken());
    connection.ask('/v2/tokens');
    await readersWaitForLock(database, 1);
    query.kill('SIGTERM');
    await eventually('connections to be refused', async () => !(await takesConnections(query.url)));
    await release();
    expect(await query.exited).toEqual({ code: 0, signal: null });
    expect(connection.received).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*"count":0\}$/is);
    expect(query.logsWith('still not stopped')).toEqual([]);
  });

  test('a query app that takes no connection any more answers what comes on one that is still busy', async () => {
    const { query } = system;
    const connection = await KeptConnection.to(query.url, await signToken());
    connection.pause();
    // Together more than the kernel keeps for who reads nothing.
    for (let i = 0; i < 12; i += 1) connection.ask('/docs/swagger-ui-bundle.js');
    await eventually('something to be answered', () => connection.hasArrived);
    query.kill('SIGTERM');
    await eventually('connections to be refused', async () => !(await takesConnections(query.url)));
    connection.ask('/v2/tokens?limit=0');
    connection.resume();
    await eventually('the connection to be closed', () => connection.isClosed);
    const { received } = connection;
    const last = received.slice(received.lastIndexOf('HTTP/1.1'));
    // On a slow machine one of the first answers is written after the signal: it says that nothing comes after it.
    const head = last.slice(0, last.indexOf('\r\n\r\n'));
    expect(head).toMatch(/^HTTP\/1\.1 (400 .*\r\nx-request-id: |200 .*\r\nconnection: close\r\n)/is);
  });

  test('a query app breaks no answer off, loses no request on a kept connection, and where there is a second one no request over NATS fails', async () => {
    const { stream, query, env } = system;
    const events = Array.from({ length: 500 }, (_, index) => aTokenEvent('token.created', { id: index + 1 }));
    await waitForPosition(query.url, await publish(stream, events));
    const other = await startQuery(env);
    const http = new HttpLoad(query.url, 8);
    let isOver = false;
    const nats = Array.from({ length: 8 }, async () => {
      const statuses = new Set<number>();
      while (!isOver) statuses.add((await natsRequest(stream.nats, `${stream.prefix}.list`, { limit: 200 })).status);
      return [...statuses];
    });
    await eventually('the load to be there', () => http.outcomes.answered > 200);

    const since = performance.now();
    query.kill('SIGTERM');
    await http.ended;
    await expectStopped(query, since);
    expect(http.outcomes).toMatchObject({ broken: 0, lost: 0 });
    expect([...http.statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const { status } = await natsRequest(stream.nats, `${stream.prefix}.list`);
    expect(status).toBe(200);
    isOver = true;
    expect((await Promise.all(nats)).flat()).toEqual(Array.from({ length: 8 }, () => 200));
    await other.stop();
  });

  test('both apps end in time when PostgreSQL and NATS have fallen silent', async () => {
    const { database, stream, env } = system;
    const proxies = await Promise.all([TcpProxy.before(database.url), TcpProxy.before(stream.natsUrl)]);
    const [toPostgres, toNats] = proxies;
    const settings = {
      ...env,
      DATABASE_URL: toPostgres.through(database.url),
      NATS_URL: toNats.through(stream.natsUrl),
    };
    await system.projector.stop();
    const apps = await Promise.all([startProjector(settings), startQuery(settings)]);
    const traffic = new Traffic(stream);
    await waitForPosition(apps[1].url, 200);
    for (const proxy of proxies) proxy.set('silent');
    const since = performance.now();
    for (const app of apps) app.kill('SIGTERM');
    for (const app of apps) await expectStopped(app, since);
    await traffic.stop();
  });
});
