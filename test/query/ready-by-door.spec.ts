import { healthOf, notReady, ready } from '../faults/health.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import type { AppProcess } from '../support/app-process.js';
import { httpList, natsRequest } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { createStream, type TestStream } from '../support/stream.js';

const NATS_AWAY = { nats: 'is not connected' };

describe('readiness while NATS is away', () => {
  let stream: TestStream;
  let toNats: TcpProxy;
  let query: AppProcess;

  beforeAll(async () => {
    const [database, made] = await Promise.all([createDatabase(), createStream()]);
    stream = made;
    toNats = await TcpProxy.before(stream.natsUrl);
    toNats.set('refusing');
    const env = { ...database.env, ...stream.env, NATS_URL: toNats.through(stream.natsUrl) };
    query = await startQuery(env, { when: 'listening' });
  });

  const lagOf = async () => {
    const { status, headers } = await httpList(query.url);
    expect(status).toBe(200);
    return Number(headers.get('x-read-lag-ms'));
  };

  test('the HTTP door of a query app that has never seen NATS is ready and says what the other one lacks', async () => {
    await eventually('HTTP to be ready', async () => (await healthOf(query, 'http')).status === 200);
    expect(await healthOf(query, 'http')).toEqual({ status: 200, reasons: {}, degraded: NATS_AWAY });
    expect(await healthOf(query, 'nats')).toEqual({ status: 503, reasons: NATS_AWAY, degraded: {} });
    const metrics = await query.metrics();
    expect([metrics.get('query_ready{door="http"}'), metrics.get('query_ready{door="nats"}')]).toEqual([1, 0]);
    const lag = await lagOf();
    await eventually('the lag to grow', async () => (await lagOf()) > lag);
  });

  test('the NATS door is ready once NATS is there, and not once it has gone; the HTTP door is all the time', async () => {
    toNats.set('open');
    await ready(query);
    expect((await natsRequest(stream.nats, `${stream.prefix}.list`)).status).toBe(200);
    toNats.set('refusing');
    await notReady(query, 'nats', /is not connected/);
    expect(await healthOf(query, 'http')).toEqual({ status: 200, reasons: {}, degraded: NATS_AWAY });
    await lagOf();
  });
});
