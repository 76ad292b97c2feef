import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startWorld, type World } from './world.js';

describe('the metrics of requests', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 1 })]);
  });

  /** Requests so far, by name, door and status. */
  async function counted(): Promise<Record<string, number>> {
    const samples = [...(await world.query.metrics())].flatMap(([key, value]) => {
      const labels = /^query_request_seconds_count\{request="(.*)",door="(.*)",status="(.*)"\}$/.exec(key);
      return labels ? [[labels.slice(1).join(' '), value] as const] : [];
    });
    return Object.fromEntries(samples);
  }

  test('count and time them by request, door and status, and leave out those of operators', async () => {
    const { query, stream } = world;
    const before = await counted();
    const overNats = (pattern: string, body: object) => natsRequest(stream.nats, `${stream.prefix}.${pattern}`, body);
    await httpList(query.url, { limit: 1 });
    await httpList(query.url, { limit: 0 });
    await httpRequest(`${query.url}/v2/tokens/1`);
    await httpRequest(`${query.url}/v2/tokens/2`);
    await httpRequest(`${query.url}/v2/tokens/2?token=secret`);
    await httpRequest(`${query.url}/nowhere/personal`);
    await httpRequest(`${query.url}/health/ready`);
    await httpRequest(`${query.url}/docs`);
    await overNats('list', {});
    await overNats('list', { limit: 0 });
    await overNats('get', { id: 2 });
    const since = async () =>
      Object.fromEntries(
        Object.entries(await counted()).flatMap(([key, value]) => {
          const more = value - (before[key] ?? 0);
          return more > 0 ? [[key, more]] : [];
        }),
      );
    // A request is measured after its last byte was sent.
    await eventually('all to be measured', async () => (await since())['other http 404'] === 1);
    expect(await since()).toEqual({
      'list http 200': 1,
      'list http 400': 1,
      'get http 200': 1,
      'get http 404': 1,
      'get http 400': 1,
      'other http 404': 1,
      'list nats 200': 1,
      'list nats 400': 1,
      'get nats 404': 1,
    });
    const metrics = await query.metrics();
    const sum = metrics.get('query_request_seconds_sum{request="list",door="nats",status="200"}')!;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(10);
  });

  test('tell which door is ready', async () => {
    const metrics = await world.query.metrics();
    expect(metrics.get('query_ready{door="http"}')).toBe(1);
    expect(metrics.get('query_ready{door="nats"}')).toBe(1);
    expect(metrics.get('query_database_connections{requests="plain",state="idle"}')).toBeGreaterThan(0);
  });
});
