import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { natsRequest, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { signToken } from '../support/jwt.js';
import { expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

const TOKENS = [1, 1, 2].map((customerId, i) => aTokenEvent('token.created', { id: i + 1, customerId }));

const ask = (
  world: World,
  headers: Readonly<Record<string, string>> = {},
  body: object = {},
  pattern = 'list',
  timeout?: number,
): Promise<Reply> => natsRequest(world.stream.nats, `${world.stream.prefix}.${pattern}`, body, headers, timeout);
/** The client decodes it, with all other headers, to 90 KB. */
const filling = `€${'x'.repeat(45_000)}`;
const bearer = async (customerIds?: readonly number[]) => ({
  Authorization: `Bearer ${await signToken(customerIds ? { customerIds } : {})}`,
});
const countOf = (reply: Reply) => reply.json<{ count: number }>().count;

describe('over NATS without further settings', () => {
  let world: World;

  beforeAll(async () => {
    const collector = createServer().listen(0, '127.0.0.1');
    atEnd('closing a collector that never answers', () => void collector.close());
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    world = await startWorld(TOKENS, {
      NODE_OPTIONS: '--max-old-space-size=128',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    });
  });

  test('a caller without a JWT is trusted and sees everything', async () => {
    expect(countOf(await ask(world))).toBe(3);
    expect((await ask(world, {}, { id: 3 }, 'get')).status).toBe(200);
  });

  test('a JWT that is sent narrows the answer, whatever the case of the header', async () => {
    const { Authorization } = await bearer([1]);
    expect(countOf(await ask(world, { Authorization }))).toBe(2);
    expect(countOf(await ask(world, { authorization: Authorization }))).toBe(2);
    expect(countOf(await ask(world, { AUTHORIZATION: Authorization }))).toBe(2);
    expectNatsError(await ask(world, { Authorization }, { customerId: 2 }), 403);
    expectNatsError(await ask(world, { Authorization }, { id: 3 }, 'get'), 404);
  });

  test('a JWT that is wrong is a 403, not a caller without one', async () => {
    expectNatsError(await ask(world, { Authorization: 'Bearer x' }), 403);
    expectNatsError(await ask(world, { Authorization: `Bearer ${await signToken({ expiresIn: '-1m' })}` }), 403);
  });

  test('an empty Authorization header is one that is sent', async () => {
    expectNatsError(await ask(world, { Authorization: '' }), 403);
  });

  test('what is remembered of requests, their JWTs and their traces, keeps none of their other headers', async () => {
    const { Authorization } = await bearer([1]);
    for (let sent = 0; sent < 1_200; sent += 20) {
      const headers = (i: number) => ({
        Authorization: Authorization.replace(' ', ' '.repeat(sent + i + 1)),
        'x-request-id': `request-number-${sent + i}`,
        traceparent: `00-${String(sent + i + 1).padStart(32, '0')}-00f067aa0ba902b7-01`,
        filling,
      });
      const statuses = Array.from(
        { length: 20 },
        async (_, i) => (await ask(world, headers(i), { id: 1 }, 'get')).status,
      );
      for (const status of await Promise.allSettled(statuses)) expect(status).toMatchObject({ value: 200 });
    }
  });

  test('requests that wait keep none of the headers that nobody reads', async () => {
    const { after } = (await ask(world, {}, {}, 'changes')).json<{ after: string }>();
    const answers: Promise<number>[] = [];
    for (let waiting = 100; waiting <= 1_200; waiting += 100) {
      const wait = async () => {
        const reply = await ask(world, { filling }, { after, wait: 30 }, 'changes', 60_000).catch(() => undefined);
        return reply?.status ?? 0;
      };
      answers.push(...Array.from({ length: 100 }, wait));
      await eventually(`${waiting} to wait`, async () => {
        return (await world.query.metrics()).get('query_change_waiters') === waiting;
      });
    }
    await publish(world.stream, aTokenEvent('token.updated', { id: 1, version: 2, customerId: 1 }));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
  });
});

describe('over NATS with NATS_REQUIRE_JWT', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld(TOKENS, { NATS_REQUIRE_JWT: 'true' });
  });

  test('a caller without a JWT gets a 403, with its body and headers', async () => {
    for (const [body, pattern] of [
      [{}, 'list'],
      [{ id: 1 }, 'get'],
      [{ limit: 0 }, 'list'],
    ] as const)
      expect(expectNatsError(await ask(world, {}, body, pattern), 403)).toContain('Authorization: Bearer');
  });

  test('the JWT is looked at before the body, but not before its size', async () => {
    const { nats, prefix } = world.stream;
    for (const body of ['{', '[]', '{"limit":0,"limit":1}', '{"limit":1e400}', '['.repeat(8_000)])
      for (const headers of [{}, { Authorization: 'Bearer x' }])
        expectNatsError(await natsRequest(nats, `${prefix}.list`, body, headers), 403);
    expectNatsError(await natsRequest(nats, `${prefix}.list`, '['.repeat(20_000)), 413);
  });

  test('a caller with a JWT sees what it allows', async () => {
    expect(countOf(await ask(world, await bearer()))).toBe(3);
    expect(countOf(await ask(world, await bearer([2])))).toBe(1);
    expect((await ask(world, await bearer([2]), { id: 1 }, 'get')).status).toBe(404);
  });

  test('a Nest requester without a JWT gets the 403 in its envelope', async () => {
    const { nats, prefix } = world.stream;
    const message = await nats.request(
      `${prefix}.list`,
      JSON.stringify({ pattern: `${prefix}.list`, data: {}, id: 'a' }),
    );
    expect(message.json()).toMatchObject({ err: { statusCode: 403, error: 'Forbidden' }, isDisposed: true, id: 'a' });
  });
});
