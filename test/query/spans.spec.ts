import { aTokenEvent } from '../support/builders.js';
import { httpRequest, natsRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { publishRaw } from '../support/publish.js';
import { KIND, OtlpReceiver, type ReceivedSpan } from '../support/servers/otlp-receiver.js';
import { startWorld, type World } from './world.js';

const UID = 'A7E942F1C8D036B5A429';
const CALLER = '00f067aa0ba902b7';
const traceId = (name: number) => String(name).padStart(32, '4bf92f3577b34da6a3ce929d0e0e4736');
const traceparent = (name: number) => `00-${traceId(name)}-${CALLER}-01`;
/** Nothing is sent before the end, so what comes was sent at the end. */
const ONLY_AT_THE_END = { OTEL_BSP_SCHEDULE_DELAY: '600000' };

describe('the spans of requests and batches', () => {
  let world: World;
  let collector: OtlpReceiver;
  let token: string;

  beforeAll(async () => {
    collector = await OtlpReceiver.start();
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ACCESS_LOG_EVERY: '1', ...ONLY_AT_THE_END };
    world = await startWorld([], settings);
    const { query, projector, stream } = world;
    token = await signToken({ customerIds: [1] });
    const event = (id: number, more = {}) => JSON.stringify({ ...aTokenEvent('token.created', { id }), ...more });
    await publishRaw(stream, event(1, { traceparent: traceparent(1) }));
    await publishRaw(stream, event(2), { headers: { traceparent: traceparent(2) } });
    await publishRaw(stream, event(3), { headers: { traceparent: 'nonsense' } });
    await waitForPosition(query.url, await publishRaw(stream, event(4)));
    const headers = (name: number) => ({
      traceparent: traceparent(name),
      tracestate: 'a=1',
      'x-request-id': `r-${name}`,
    });
    await httpRequest(`${query.url}/v2/tokens?search=${UID}`, { token, headers: headers(3) });
    await httpRequest(`${query.url}/v2/tokens/${UID}`, { token, headers: headers(4) });
    await httpRequest(`${query.url}/health/ready`, { headers: headers(5) });
    await natsRequest(stream.nats, `${stream.prefix}.list`, { limit: 1 }, headers(6));
    await httpRequest(`${query.url}/v2/tokens`, { headers: { 'x-request-id': 'r-7' } });
    await eventually('the access log', () => query.logs.some(({ requestId }) => requestId === 'r-7'));
    expect(collector.spans).toEqual([]);
    await Promise.all([query.stop(), projector.stop()]);
  });

  const of = (wanted: Partial<ReceivedSpan>) =>
    collector.spans.filter((span) => Object.entries(wanted).every(([key, value]) => span[key as 'name'] === value));

  /** The span of a request and those of its statements. */
  const requestIn = (name: number) => {
    const [span, ...others] = of({ traceId: traceId(name), kind: KIND.server });
    expect(others).toEqual([]);
    expect(span).toMatchObject({ service: 'token-query', parentSpanId: CALLER, traceState: 'a=1', isError: false });
    return { ...span!, statements: of({ parentSpanId: span!.spanId, kind: KIND.client }) };
  };

  test('a request over HTTP goes on with the trace of its caller, down to its statement', () => {
    const { name, attributes, statements } = requestIn(3);
    expect(name).toBe('GET /v2/tokens');
    const answered = { 'request.id': 'r-3', 'request.name': 'list', 'http.response.status_code': 200 };
    expect(attributes).toMatchObject(answered);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({ traceId: traceId(3), attributes: { 'db.system.name': 'postgresql' } });
  });

  test('so does one over NATS', () => {
    const { name, attributes, statements } = requestIn(6);
    expect(name).toBe(`${world.stream.prefix}.list`);
    expect(attributes).toMatchObject({
      'request.name': 'list',
      'request.door': 'nats',
      'http.response.status_code': 200,
    });
    expect(statements).toHaveLength(1);
  });

  test('a request that is wrong has a span too, one of operators has none, and no span has a value of a request', () => {
    expect(requestIn(4)).toMatchObject({
      name: 'GET /v2/tokens/:id',
      statements: [],
      attributes: { 'request.name': 'get' },
    });
    expect(of({ traceId: traceId(5) })).toEqual([]);
    const all = JSON.stringify(collector.spans);
    for (const secret of [UID, token.split('.')[1]!]) expect(all).not.toContain(secret);
  });

  test('a caller without a trace gets one, and the log has its id', () => {
    const [line] = world.query.logs.filter(({ requestId }) => requestId === 'r-7');
    const [span] = of({ traceId: String(line!['traceId']), kind: KIND.server });
    expect(span).toMatchObject({ parentSpanId: '', attributes: { 'request.id': 'r-7' } });
  });

  test('every batch has a span, with a link to the trace of each of its events', () => {
    const batches = of({ service: 'token-projector', kind: KIND.consumer });
    expect(batches[0]!.name).toBe(`process ${world.stream.env['NATS_STREAM']}`);
    const messages = batches.map(({ attributes }) => Number(attributes['messaging.batch.message_count']));
    expect(messages.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(batches.flatMap(({ links }) => links).sort()).toEqual([traceId(1), traceId(2)]);
  });
});

describe('a collector that is away', () => {
  test('costs a line in the log when it goes and one when it is back; requests are answered as ever', async () => {
    const { env } = await startWorld([]);
    const gone = await OtlpReceiver.start();
    const { url, port } = gone;
    await gone.stop();
    const often = { OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
    const query = await startQuery({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: url, ...often });
    const ask = async () => expect((await httpRequest(`${query.url}/v2/tokens`)).status).toBe(200);
    await eventually('the log to tell', async () => {
      await ask();
      return query.logsWith('the collector takes no spans').length > 0;
    });
    for (let i = 0; i < 20; i += 1) await ask();
    const back = await OtlpReceiver.start({ port });
    await eventually('a span to come', async () => {
      await ask();
      return back.spans.length > 0;
    });
    await eventually('the log to tell', () => query.logsWith('the collector takes spans again').length > 0);
    expect(query.logsWith('collector')).toHaveLength(2);
  });

  test('does not hold up the end of a process', async () => {
    const { env } = await startWorld([]);
    const collector = await OtlpReceiver.start({ isSilent: true });
    const query = await startQuery({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...ONLY_AT_THE_END });
    await httpRequest(`${query.url}/v2/tokens`);
    const before = performance.now();
    await query.stop();
    expect(collector.spans).not.toEqual([]);
    expect(performance.now() - before).toBeLessThan(7_000);
    expect(query.logsWith('still not stopped')).toEqual([]);
  });
});
