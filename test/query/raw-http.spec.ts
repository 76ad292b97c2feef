import { connect } from 'node:net';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { rawRequest } from './raw-request.js';
import { expectError } from './service-error.js';
import { startWorld, type World } from './world.js';

describe('what comes over a bare connection', () => {
  let world: World;
  let bearer: string;

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 5 })]);
    bearer = `authorization: Bearer ${await signToken()}`;
  });

  const ask = (first: string, headers: readonly string[], body = '') =>
    rawRequest(world.query.url, [first, ...headers, 'connection: close', '', body].join('\r\n'));
  const list = (...headers: string[]) => ask('GET /v2/tokens HTTP/1.1', headers);

  test.each([
    ['Host', () => list('host: a', 'Host: b', bearer)],
    ['Authorization', () => list('host: a', bearer, 'Authorization: Bearer x')],
    ['Authorization, alike', () => list('host: a', bearer, bearer)],
  ])('is 400 where a header that may stand once stands twice: %s', async (name, asked) => {
    expect(expectError(await asked(), 400)).toContain(name.toLowerCase().split(',')[0]);
  });

  test('is 431 with more headers than are read, of which the last ones would be missing', async () => {
    const headers = (count: number) => Array.from({ length: count }, (_, i) => `x${i}: y`);
    for (const count of [1_000, 5_000])
      expectError(await list('host: a', bearer, ...headers(count), 'authorization: Bearer x'), 431);
    expectError(await list('host: a', bearer, ...headers(990), 'authorization: Bearer x'), 400);
    expect((await list('host: a', ...headers(990), bearer)).status).toBe(200);
  });

  test('is 400 without a Host, and HTTP/1.0 needs none', async () => {
    expect(expectError(await list(bearer), 400)).toContain('host');
    expect((await ask('GET /v2/tokens HTTP/1.0', [bearer])).status).toBe(200);
  });

  test('is 400 over HTTP/1.0 for an export, whose beginning would look like all of it', async () => {
    const asked = ask('GET /v2/tokens HTTP/1.0', [bearer, 'accept: text/csv']);
    expect(expectError(await asked, 400)).toContain('proxy_http_version 1.1');
  });

  test('is 417 where it expects something else than 100-continue', async () => {
    expect(expectError(await list('host: a', bearer, 'expect: nonsense'), 417)).toContain('expect');
    const { body } = await list('host: a', bearer, 'expect: 100-continue');
    expect(body).toMatch(/^HTTP\/1.1 200 OK/);
  });

  test('is 400 with a # in its target, which ends the query for some and not for others', async () => {
    for (const target of ['/v2/tokens#limit=4', '/v2/tokens?limit=4#', '/v2/tokens/5#'])
      expect(expectError(await ask(`GET ${target} HTTP/1.1`, ['host: a', bearer]), 400)).toContain('%23');
    expect((await ask('GET /v2/tokens?search=%235 HTTP/1.1', ['host: a', bearer])).status).toBe(200);
  });

  test('has two request ids for none', async () => {
    const { status, headers } = await list('host: a', bearer, 'x-request-id: one', 'x-request-id: two');
    expect(status).toBe(200);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['a length and chunks', ['content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n'],
    ['chunks twice', ['transfer-encoding: chunked', 'transfer-encoding: chunked'], '0\r\n\r\n'],
    ['chunks in disguise', ['transfer-encoding: xchunked'], '0\r\n\r\n'],
    ['chunks before something else', ['transfer-encoding: chunked, identity'], '0\r\n\r\n'],
    ['a length that is none', ['content-length: +5'], 'abcde'],
    ['a header in two lines', ['x-a: b', ' c'], ''],
    ['a header with a space before its colon', ['x-a : b'], ''],
  ])('is 400 or answered as one request, where its length is not clear: %s', async (_, headers, body) => {
    const reply = await ask('GET /v2/tokens HTTP/1.1', ['host: a', bearer, ...headers], body);
    if (reply.status !== 200) expectError(reply, 400);
    expect(reply.body).not.toMatch(/HTTP\/1\.1 \d/);
  });

  test('is answered where it brings a body to GET, or the whole URL in its first line', async () => {
    const withBody = await ask('GET /v2/tokens HTTP/1.1', ['host: a', bearer, 'content-length: 3'], '{"a');
    expect(withBody.status).toBe(200);
    const whole = await ask('GET http://elsewhere/v2/tokens?limit=1 HTTP/1.1', ['host: a', bearer]);
    expect([whole.status, whole.body]).toEqual([200, (await world.doors.http('?limit=1')).body]);
    for (const path of ['http://elsewhere/nothing', '/v2/%2e%2e/v2/tokens', '/v2/../v2/tokens', '*'])
      expectError(await ask(`GET ${path} HTTP/1.1`, ['host: a', bearer]), 404);
  });

  test.each(['foo', 'GZIP', 'zstd', 'gzip, br', 'gzip'])(
    'is answered however it says its body is encoded, which nobody reads: %s',
    async (encoding) => {
      expect((await list('host: a', bearer, `content-encoding: ${encoding}`)).status).toBe(200);
      const body = 'no such encoding';
      const headers = ['host: a', `content-encoding: ${encoding}`, `content-length: ${body.length}`];
      expect((await ask('GET /health/ready HTTP/1.1', headers, body)).status).toBe(200);
    },
  );

  test('is answered in order where several requests come at once', async () => {
    const one = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n${bearer}\r\n`;
    const text = `${one('/v2/tokens/5')}\r\n${one('/v2/tokens/6')}\r\n${one('/v2/tokens/5')}connection: close\r\n\r\n`;
    const { status, body } = await rawRequest(world.query.url, text);
    expect([status, ...Array.from(body.matchAll(/HTTP\/1\.1 (\d+)/g), ([, code]) => Number(code))]).toEqual([
      200, 404, 200,
    ]);
  });

  test('has the one shape where somebody wants a tunnel', async () => {
    expectError(await ask('CONNECT elsewhere:443 HTTP/1.1', ['host: elsewhere:443']), 405);
  });

  test.each([
    ['a tunnel', 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n'],
    ['nonsense', 'nonsense\r\n\r\n'],
  ])('is cut off where %s comes behind a request that is not answered yet', async (_, behind) => {
    const { after } = (await httpRequest(`${world.query.url}/v2/tokens/changes`)).json<{ after: string }>();
    const waiting = `GET /v2/tokens/changes?wait=30&after=${after} HTTP/1.1\r\nhost: a\r\n${bearer}\r\n\r\n`;
    const text = await received(world.query.url, waiting + behind);
    expect(text).toBe('');
  });

  test('is closed after a tunnel was refused, though the caller keeps its end open', async () => {
    const text = await received(world.query.url, 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1.1 405 /);
  });

  test('has the same head for HEAD as for GET, and no body', async () => {
    const head = await ask('HEAD /v2/tokens HTTP/1.1', ['host: a', bearer]);
    expect([head.status, head.body, head.headers.get('x-total-count')]).toEqual([200, '', '1']);
  });

  test('leaves the app at work', async () => {
    expect((await httpRequest(`${world.query.url}/v2/tokens/5`)).status).toBe(200);
    expect(world.query.logs.filter(({ level }) => level >= 50)).toEqual([]);
  });
});

/** Sends bytes and keeps the connection open. @returns what has come when the app has closed it */
async function received(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  atEnd('ending a bare connection', () => void socket.destroy());
  let all = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (all += chunk));
  socket.on('error', () => undefined).write(text);
  // Who has got the end of the other side learns that it is gone by writing.
  await eventually('the connection to be closed', () => {
    if (socket.readableEnded) socket.write('x');
    return socket.destroyed;
  });
  return all;
}

describe('every answer', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([]);
  });

  test.each([
    ['the list', '/v2/tokens'],
    ['an error', '/v2/tokens?limit=0'],
    ['a path where there is nothing', '/nothing'],
    ['a path that cannot be read', '/%zz'],
    ['a URL that is too long', `/${'x'.repeat(60_000)}`],
    ['health', '/health/ready'],
    ['the page at /docs', '/docs'],
    ['a script of it', '/docs/swagger-ui-bundle.js'],
  ])('is not guessed at, kept or framed by browsers: %s', async (_, path) => {
    const { headers } = await httpRequest(world.query.url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    // The scripts are the same for everybody.
    if (!path.startsWith('/docs/')) expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('x-request-id')).toMatch(/\S/);
  });

  test('lets the page at /docs run: its scripts are files of its own, and nothing comes from elsewhere', async () => {
    const { status, body, headers } = await httpRequest(`${world.query.url}/docs`);
    expect(status).toBe(200);
    const scripts = [...body.matchAll(/<script\b([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, inline] of scripts) {
      expect(attributes).toMatch(/src=["']?\.?\//);
      expect(inline!.trim()).toBe('');
    }
    expect(body).not.toMatch(/(?:src|href)=["']?https?:/);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});
