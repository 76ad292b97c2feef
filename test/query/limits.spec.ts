import { aTokenEvent } from '../support/builders.js';
import { httpRequest, natsRequest, type Reply } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { expectError, expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

const REQUESTS = 5;
const ORIGIN = 'https://app.example';

describe('limits on callers', () => {
  let world: World;
  let url: string;

  beforeAll(async () => {
    const settings = { RATE_LIMIT_REQUESTS: String(REQUESTS), RATE_LIMIT_SECONDS: '3600', CORS_ORIGINS: ORIGIN };
    world = await startWorld(
      [aTokenEvent('token.created', { id: 5 })],
      settings,
      await signToken({ claims: { sub: 'nobody' } }),
    );
    url = `${world.query.url}/v2/tokens`;
  });

  const list = (token: string | null) => httpRequest(url, { token });
  const statuses = async (count: number, ask: () => Promise<Reply>) => {
    const found: number[] = [];
    for (let i = 0; i < count; i += 1) found.push((await ask()).status);
    return found;
  };
  const FIRST = Array.from({ length: REQUESTS }, () => 200);

  test('a caller is one by its subject, whatever its JWT and its door, and is told where it stands', async () => {
    const sub = 'by-subject';
    const [one, other] = [
      await signToken({ claims: { sub } }),
      await signToken({ claims: { sub, customer_ids: [1] } }),
    ];
    const { headers } = await list(one);
    expect(headers.get('ratelimit-limit')).toBe('5');
    expect(headers.get('ratelimit-remaining')).toBe('4');
    expect(headers.get('ratelimit-policy')).toBe('5;w=3600');
    expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(3_500);
    const { nats, prefix } = world.stream;
    const overNats = () => natsRequest(nats, `${prefix}.list`, {}, { authorization: `Bearer ${other}` });
    expect([...(await statuses(2, () => list(other))), ...(await statuses(2, overNats))]).toEqual(FIRST.slice(1));
    const refused = await list(one);
    expect(expectError(refused, 429)).toMatch(/more than 5 requests in 3600 seconds; try again in \d+ seconds/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    const refusedOverNats = await overNats();
    expectNatsError(refusedOverNats, 429);
    expect(refusedOverNats.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test('another one is not held up, nor one who is known by its customers', async () => {
    const token = await signToken({ claims: { sub: undefined, customer_ids: [7, 8] } });
    expect(await statuses(REQUESTS + 1, () => list(token))).toEqual([...FIRST, 429]);
    const alike = await signToken({ claims: { sub: undefined, customer_ids: [8, 7] } });
    expect(await statuses(1, () => list(alike))).toEqual([429]);
    expect(
      await statuses(1, async () => list(await signToken({ claims: { sub: undefined, customer_ids: [7] } }))),
    ).toEqual([200]);
  });

  test('a caller without a valid JWT is one by its address, and cannot try secrets without end', async () => {
    expect(await statuses(REQUESTS + 1, () => list('wrong'))).toEqual([...FIRST.map(() => 403), 429]);
    expect((await list(null)).status).toBe(429);
    expect((await list(await signToken({ claims: { sub: 'valid' } }))).status).toBe(200);
  });

  test('requests over NATS without a JWT, health and metrics are not counted', async () => {
    const { nats, prefix } = world.stream;
    expect(await statuses(REQUESTS + 2, () => natsRequest(nats, `${prefix}.list`))).toEqual([...FIRST, 200, 200]);
    expect(await statuses(REQUESTS + 2, () => httpRequest(`${world.query.url}/health/ready`))).toEqual([
      ...FIRST,
      200,
      200,
    ]);
  });

  const preflight = (origin: string, path = '/v2/tokens') =>
    httpRequest(world.query.url + path, {
      method: 'OPTIONS',
      token: null,
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });

  test('a page of an allowed origin may ask and read, with every header of ours', async () => {
    const { status, headers } = await preflight(ORIGIN);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-headers')).toBe('authorization');
    const token = await signToken({ claims: { sub: 'page' } });
    const answer = await httpRequest(url, { token, headers: { origin: ORIGIN } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('vary')).toMatch(/origin/i);
    const exposed = answer.headers.get('access-control-expose-headers')!.toLowerCase().split(', ');
    const ours = [...answer.headers.keys()].filter((name) =>
      /^(x-(read|total|request)|ratelimit|link|etag)/.test(name),
    );
    expect(exposed).toEqual(expect.arrayContaining(ours));
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('a page of another origin may not', async () => {
    const { headers } = await preflight('https://evil.example');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const token = await signToken({ claims: { sub: 'evil' } });
    const answer = await httpRequest(url, { token, headers: { origin: 'https://app.example.evil' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a page can read a refusal, too, whatever its size', async () => {
    const headers = { origin: ORIGIN, 'accept-encoding': 'gzip' };
    const long = Array.from({ length: 30 }, (_, i) => `p${i}=1`).join('&');
    const refusals = [
      await httpRequest(`${world.query.url}/nothing`, { headers }),
      await httpRequest(url, { headers, method: 'DELETE' }),
      await httpRequest(`${url}?${long}`, { headers, token: await signToken({ claims: { sub: 'refused' } }) }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([404, 405, 400]);
    for (const refusal of refusals) {
      expect(refusal.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(refusal.headers.get('vary')).toMatch(/origin/i);
    }
    expect(refusals[2]!.headers.get('vary')).toMatch(/accept-encoding/i);
    expect(refusals[2]!.headers.get('content-encoding')).toBe('gzip');
  });

  test('there is still nothing at other paths and methods', async () => {
    expectError(await httpRequest(`${world.query.url}/nothing`), 404);
    expectError(await preflight(ORIGIN, '/nothing'), 404);
    const wrong = await httpRequest(url, { method: 'DELETE' });
    expectError(wrong, 405);
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
  });

  test('a URL or a header that is too long is a 431', async () => {
    expectError(await httpRequest(`${url}?search=${'x'.repeat(50_000)}`), 431);
    expectError(await httpRequest(url, { headers: { 'x-long': 'x'.repeat(50_000) } }), 431);
  });
});
