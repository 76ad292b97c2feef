import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, natsRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publishRaw } from '../support/publish.js';
import { startWorld, type World } from './world.js';

const traceId = (name: number) => String(name).padStart(32, '4bf92f3577b34da6a3ce929d0e0e4736');
const traceparent = (name: number) => `00-${traceId(name)}-00f067aa0ba902b7-01`;
const MALFORMED = ['nonsense', `${traceparent(1)}-more`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, 'x'.repeat(5_000)];

describe('the trace of a caller and of an event', () => {
  let world: World;
  let lastId = 0;

  beforeAll(async () => {
    world = await startWorld([], { LOG_LEVEL: 'debug', ACCESS_LOG_EVERY: '1' });
  });

  /** Sends a wrong request. @returns its status, and the trace ids of all lines about it */
  const tracesOf = async (door: 'http' | 'nats', headers: Readonly<Record<string, string>>) => {
    const { query, stream } = world;
    const id = `traced-${(lastId += 1)}`;
    const sent = { ...headers, 'x-request-id': id };
    const { status } =
      door === 'http'
        ? await httpRequest(`${query.url}/v2/tokens?limit=0`, { headers: sent })
        : await natsRequest(stream.nats, `${stream.prefix}.list`, '{"limit":0}', sent);
    const lines = () => query.logs.filter(({ requestId }) => requestId === id);
    await eventually('the access log', () => lines().some(({ msg }) => msg === 'request'));
    return { status, traces: lines().map((line) => line['traceId']) };
  };

  test.each(['http', 'nats'] as const)('is in every line of the log about a request over %s', async (door) => {
    const { status, traces } = await tracesOf(door, { Traceparent: traceparent(7), tracestate: 'a=1' });
    expect(status).toBe(400);
    expect(traces.length).toBeGreaterThan(1);
    expect(new Set(traces)).toEqual(new Set([traceId(7)]));
  });

  test.each(['http', 'nats'] as const)('that is malformed is no trace and no error over %s', async (door) => {
    for (const malformed of MALFORMED) {
      const { status, traces } = await tracesOf(door, { traceparent: malformed, tracestate: malformed });
      expect(status).toBe(400);
      expect(new Set(traces)).toEqual(new Set([undefined]));
      expect(world.query.output).not.toContain(malformed);
    }
  });

  test('is in the line about an event that became a dead letter, whether header or attribute told it', async () => {
    const { stream, projector, query, database } = world;
    const structured = JSON.stringify({ ...aTokenEvent('token.created'), time: 'never', traceparent: traceparent(2) });
    const binary = { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': '/a', 'ce-type': 'token.created' };
    await publishRaw(stream, 'no JSON', { headers: { traceparent: traceparent(1) } });
    await publishRaw(stream, structured, { headers: { traceparent: traceparent(9) } });
    await publishRaw(stream, '{}', { headers: { ...binary, 'ce-traceparent': traceparent(3) } });
    await publishRaw(stream, 'no JSON', { headers: { traceparent: 'nonsense' } });
    const lines = () => projector.logsWith('parked a message');
    await eventually('four lines', () => lines().length === 4);
    expect(lines().map((line) => line['traceId'])).toEqual([traceId(1), traceId(2), traceId(3), undefined]);

    // An event with a malformed trace is as good as any other.
    const [one, other] = [aTokenEvent('token.created', { id: 1 }), aTokenEvent('token.created', { id: 2 })];
    await publishRaw(stream, JSON.stringify({ ...one, traceparent: 5 }), { headers: { traceparent: 'nonsense' } });
    const last = await publishRaw(stream, JSON.stringify({ ...other, traceparent: 'x'.repeat(5_000) }));
    await waitForPosition(query.url, last);
    expect((await httpList(query.url)).json()).toMatchObject({ count: 2 });
    expect(await database.query('select sequence from dead_letter')).toHaveLength(4);
  });
});
