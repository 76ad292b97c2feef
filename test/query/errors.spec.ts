import { once } from 'node:events';
import { connect } from 'node:net';
import { httpRequest, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { aTokenEvent } from '../support/builders.js';
import { problemWith } from './bad-request.js';
import { rawRequest } from './raw-request.js';
import { expectError, expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

describe('an error over HTTP', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 5 })]);
  });

  const at = (path: string, options?: Parameters<typeof httpRequest>[1]): Promise<Reply> =>
    httpRequest(world.query.url + path, options);

  test.each(['/v1', '/v1/tokens', '/v2', '/v2/token', '/V2/Tokens', '/v2/tokens/1/2', '//v2/tokens', '/v2/tokens;a=1'])(
    'is 404 where there is nothing: %s',
    async (path) => {
      expect(expectError(await at(path), 404)).toContain(`GET ${path}`);
    },
  );

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'is 405 for the method %s, with the methods there are',
    async (method) => {
      for (const path of ['/v2/tokens', '/v2/tokens/5', '/health/live', '/openapi.json']) {
        const reply = await at(path, { method });
        expect(expectError(reply, 405)).toContain(method);
        expect(reply.headers.get('allow')).toBe('GET, HEAD');
      }
      expectError(await at('/v2', { method }), 404);
    },
  );

  test.each(['/v2/tokens/', '/v2/tokens/?limit=1', '/v2/tokens/5/', '//v2/tokens/'])(
    'is 404, and no wrong id, where a path ends in a slash: %s',
    async (path) => {
      expectError(await at(path), 404);
    },
  );

  test('quotes no more than the beginning of a path, and of that only what can be printed', async () => {
    const message = expectError(await at(`/nothing/${'x'.repeat(40_000)}`), 404);
    expect(message.length).toBeLessThan(250);
    expect(expectError(await at(`/docs/${'x/'.repeat(1_000)}y`), 404).length).toBeLessThan(250);
    const { body } = await rawRequest(
      world.query.url,
      'GET /a\x9b\xffb HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    );
    expect(body).toMatch(/^[\x20-\x7e]*$/);
  });

  test.each([
    ['JSON', 'application/json', '{"limit":5}'],
    ['broken JSON', 'application/json', '{"limit":'],
    ['no JSON at all', 'application/json', ''],
    ['a prototype', 'application/json', '{"__proto__":{"limit":5}}'],
    ['XML', 'text/xml', '<limit>5</limit>'],
    ['a form', 'application/x-www-form-urlencoded', 'limit=5'],
    ['two megabytes', 'application/json', JSON.stringify('x'.repeat(2_000_000))],
  ])('is 405 whatever somebody posts, which is not read: %s', async (_, type, body) => {
    expectError(await at('/v2/tokens', { method: 'POST', headers: { 'content-type': type }, body }), 405);
  });

  test.each([
    '/v2/tokens/%',
    '/v2/tokens/%zz',
    '/v2/%E0%A4%A',
    '/v2/tokens/%FF',
    '/%',
    '/v2/tokens/%C0%80',
    `/v2/tokens/${'%C0'.repeat(5_000)}`,
  ])('is 400 where a path is wrongly encoded: %s', async (path) => {
    expectError(await at(path, { headers: { 'x-request-id': 'wrongly-encoded' } }), 400);
  });

  test.each(['%', '%zz', '%FF', '%E0%A4%A', '%C0%80', '50%25%', '%ed%a0%80'])(
    'is 400 where a value is wrongly encoded: search=%s',
    async (written) => {
      problemWith('search', await at(`/v2/tokens?search=${written}`));
    },
  );

  test('is 400 where a name is wrongly encoded', async () => {
    expect((await at('/v2/tokens?lim%FFit=5')).status).toBe(400);
  });

  test.each(['abc', '0', '-1', '1.0', '05', '1e3', ' 5', '9007199254740992', '5,6', '%00', '1'.repeat(90)])(
    'is 400 where the id is none: /v2/tokens/%s',
    async (id) => {
      problemWith('id', await at(`/v2/tokens/${id}`));
    },
  );

  test('has the one shape where an id is far too long', async () => {
    const { status, body, headers } = await at(`/v2/tokens/${'1'.repeat(5_000)}`);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ statusCode: 400, requestId: headers.get('x-request-id') });
  });

  test('is 400 where a single token is asked for with a parameter', async () => {
    problemWith('limit', await at('/v2/tokens/5?limit=1'));
    problemWith('id', await at('/v2/tokens/5?id=6'));
  });

  test.each([6, Number.MAX_SAFE_INTEGER])('is 404 on both doors where there is no token %d', async (id) => {
    expect(expectError(await world.doors.get(id), 404)).toContain(String(id));
    expectNatsError(await world.doors.nats({ id }, 'get'), 404);
  });

  test('is 400 for a long query, and one of 10 kilobytes is no trouble', async () => {
    expect(problemWith('search', await at(`/v2/tokens?search=${'x'.repeat(10_000)}`))).toMatch(/50 characters.*10000/);
  });

  test('has the one shape where the URL is longer than a server reads', async () => {
    expectError(await at(`/v2/tokens?search=${'x'.repeat(60_000)}`), 431);
  });

  test('has the one shape where the headers are longer than a server reads', async () => {
    expectError(await at('/v2/tokens', { headers: { 'x-long': 'x'.repeat(60_000) } }), 431);
  });

  test.each([
    ['no HTTP', '\x16\x03\x01\x02\x00\r\n\r\n'],
    ['a method there is not', 'FOO /v2/tokens HTTP/1.1\r\nhost: localhost\r\n\r\n'],
    ['a space in the path', 'GET /v2/tok ens HTTP/1.1\r\nhost: localhost\r\n\r\n'],
    ['a header without a name', 'GET /v2/tokens HTTP/1.1\r\nhost: localhost\r\n: x\r\n\r\n'],
    ['two lengths', 'POST /v2/tokens HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
  ])('has the one shape where what comes is %s, and the next request is answered', async (_, text) => {
    expectError(await rawRequest(world.query.url, text), 400);
    expect((await at('/v2/tokens')).status).toBe(200);
  });
});

test('a caller that goes away before its body is whole is no error of ours', async () => {
  const world = await startWorld([]);
  const { hostname, port } = new URL(world.query.url);
  const head = 'POST /v2/tokens HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10';
  const socket = connect(Number(port), hostname, () => socket.write(`${head}\r\n\r\n{"a"`, () => socket.destroy()));
  await once(socket, 'close');
  // One that is logged, so that a line about the other would be there too.
  await httpRequest(`${world.query.url}/v2/tokens/5`, { headers: { 'x-request-id': 'after-it' } });
  await eventually('its line', () => world.query.logs.some((line) => line['requestId'] === 'after-it'));
  expect(world.query.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
