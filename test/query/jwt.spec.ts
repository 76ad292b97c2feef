import { createHmac } from 'node:crypto';
import { aTokenEvent } from '../support/builders.js';
import { httpList, natsRequest, type Reply } from '../support/clients.js';
import { JWT_SECRET, keyPair, signToken, type TokenOptions } from '../support/jwt.js';
import { expectError, expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

const ISSUER = 'https://issuer.test/';
const AUDIENCE = 'token-query';

/** A token that is accepted, but for what a test says of it. */
const signed = (options: TokenOptions = {}) => signToken({ issuer: ISSUER, audience: AUDIENCE, ...options });

/** A token put together by hand, signed with the right secret whatever its header says. */
function byHand(header: object, payload: object): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}
const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;
const claims = () => ({ iss: ISSUER, aud: AUDIENCE, exp: inAnHour() });

/** Changes one part of a token and leaves the others, its signature included. */
async function tampered(part: 0 | 1 | 2, change: (text: string) => string): Promise<string> {
  const parts = (await signed({ customerIds: [1] })).split('.');
  parts[part] = change(parts[part]!);
  return parts.join('.');
}
const reencoded = (change: (json: Record<string, unknown>) => object) => (text: string) =>
  Buffer.from(
    JSON.stringify(change(JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>)),
  ).toString('base64url');

const REFUSED: readonly [string, () => Promise<string> | string][] = [
  ['garbage', () => 'garbage'],
  ['three dots of garbage', () => 'a.b.c'],
  ['five parts', () => 'a.b.c.d.e'],
  ['empty parts', () => '..'],
  ['an expired one', () => signed({ expiresIn: '-1m' })],
  ['one that expired long ago', () => signed({ expiresIn: '-5y' })],
  ['one without exp', () => signed({ expiresIn: null })],
  ['one whose exp is a text', () => byHand({ alg: 'HS256' }, { ...claims(), exp: String(inAnHour()) })],
  ['one whose exp is null', () => byHand({ alg: 'HS256' }, { ...claims(), exp: null })],
  ['one that is not valid yet', () => signed({ claims: { nbf: inAnHour() } })],
  ['one whose nbf is a text', () => byHand({ alg: 'HS256' }, { ...claims(), nbf: 'now' })],
  ['one of another issuer', () => signed({ issuer: 'https://other.test/' })],
  ['one of an issuer that begins the same', () => signed({ issuer: 'https://issuer.test/x' })],
  ['one without issuer', () => signToken({ audience: AUDIENCE })],
  ['one for another audience', () => signed({ audience: 'other' })],
  ['one for other audiences', () => byHand({ alg: 'HS256' }, { ...claims(), aud: ['a', 'b'] })],
  ['one without audience', () => signToken({ issuer: ISSUER })],
  ['an unsigned one', () => signed({ algorithm: 'none' })],
  ['a signed one that says it is not', () => byHand({ alg: 'none' }, claims())],
  ['a signed one that says it is Not', () => byHand({ alg: 'nOnE' }, claims())],
  ['one without algorithm', () => byHand({ typ: 'JWT' }, claims())],
  ['one with another secret', () => signed({ key: 'another-secret-that-is-long-enough-too' })],
  ['one with an algorithm that is not on the list', () => signed({ algorithm: 'HS512' })],
  ['one with a key of another kind', async () => signed({ algorithm: 'RS256', key: (await keyPair()).privateKey })],
  ['one with an extension nobody knows', () => byHand({ alg: 'HS256', crit: ['x'], x: 1 }, claims())],
  ['one whose claims are a list', () => byHand({ alg: 'HS256' }, [])],
  [
    'one with more customers than were signed',
    () =>
      tampered(
        1,
        reencoded((json) => ({ ...json, customer_ids: [1, 2] })),
      ),
  ],
  [
    'one with its customers taken out',
    () =>
      tampered(
        1,
        reencoded(({ customer_ids: _, ...json }) => json),
      ),
  ],
  [
    'one with a changed signature',
    () => tampered(2, (text) => text.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))),
  ],
  ['one without its signature', () => tampered(2, () => '')],
  ['one of 34 kilobytes', () => signed({ claims: { padding: 'x'.repeat(25_000) } })],
];

const NO_BEARER = [
  '',
  ' ',
  'Bearer',
  'Bearer ',
  'Basic dXNlcjpwYXNz',
  'Token TOKEN',
  'TOKEN',
  'Bearer TOKEN TOKEN',
  'Bearer TOKEN,Bearer TOKEN',
  'Bearer: TOKEN',
  'Bearer "TOKEN"',
  'BearerTOKEN',
];

describe('a JWT', () => {
  let world: World;

  beforeAll(async () => {
    const events = [1, 2].map((customerId) => aTokenEvent('token.created', { id: customerId, customerId }));
    world = await startWorld(events, { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE }, await signed());
  });

  /** A list with a header as it is written. */
  const with_ = (authorization: string): Promise<Reply> =>
    httpList(world.query.url, {}, { token: null, headers: { authorization } });

  test.each(REFUSED)('is refused with 403 on both doors: %s', async (_, made) => {
    const token = await made();
    const reply = await world.doors.list({}, { token });
    expect(expectError(reply, 403)).toMatch(/JWT|Authorization/);
    expect(reply.body).not.toContain(token);
    expect((await world.doors.get(1, { token })).status).toBe(403);
  });

  test('is required over HTTP: without one it is a 403 that says what to send', async () => {
    expect(expectError(await httpList(world.query.url, {}, { token: null }), 403)).toContain('Authorization: Bearer');
  });

  test.each(NO_BEARER)('comes with the scheme Bearer and nothing else: %j is a 403', async (written) => {
    const authorization = written.replaceAll('TOKEN', await signed());
    expectError(await with_(authorization), 403);
  });

  test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'TOKEN', 'Bearer TOKEN,Bearer TOKEN'])(
    'that is sent over NATS counts, even one that is none: %j is a 403',
    async (written) => {
      const authorization = written.replaceAll('TOKEN', await signed());
      const { nats, prefix } = world.stream;
      expectNatsError(await natsRequest(nats, `${prefix}.list`, '', { authorization }), 403);
      expectNatsError(await natsRequest(nats, `${prefix}.get`, '{"id":1}', { Authorization: authorization }), 403);
    },
  );

  test.each(['Bearer', 'bearer', 'BEARER'])('is accepted after %s', async (scheme) => {
    expect((await with_(`${scheme} ${await signed()}`)).status).toBe(200);
  });

  test.each<[string, () => Promise<string> | string]>([
    ['of the issuer for the audience', () => signed()],
    [
      'for several audiences, ours among them',
      () => byHand({ alg: 'HS256' }, { ...claims(), aud: ['other', AUDIENCE] }),
    ],
    ['that has been valid for a while', () => signed({ claims: { nbf: 1 } })],
    [
      'with claims nobody knows',
      () => signed({ claims: { scope: 'everything', __proto__: { a: 1 }, constructor: 5 } }),
    ],
    ['of 5 kilobytes', () => signed({ claims: { padding: 'x'.repeat(3_000) } })],
    [
      'that lists 2,000 customers',
      () => signed({ customerIds: [1, 2, ...Array.from({ length: 2_000 }, (_, i) => 1_000_000 + i)] }),
    ],
    ['that is valid for a century', () => signed({ expiresIn: '100y' })],
  ])('is accepted on both doors: one %s', async (_, made) => {
    const reply = await world.doors.list({}, { token: await made() });
    expect(reply.json()).toMatchObject({ count: 2 });
  });

  test('is refused on both doors when it is too long, in words that say so', async () => {
    const reply = await world.doors.list({}, { token: await signed({ claims: { padding: 'x'.repeat(25_000) } }) });
    expect(expectError(reply, 403)).toMatch(/has \d{5} characters.* 32768 /);
  });

  test('is looked at before the parameters: a wrong request without one learns nothing', async () => {
    const reply = await httpList(world.query.url, { limit: 0, foo: 1 }, { token: null });
    expectError(reply, 403);
    const { nats, prefix } = world.stream;
    expectNatsError(await natsRequest(nats, `${prefix}.list`, '{"limit":0}', { authorization: 'Bearer x' }), 403);
  });

  test('is not needed for what says whether the app lives', async () => {
    for (const path of ['/health/live', '/health/ready', '/openapi.json', '/docs'])
      expect((await fetch(world.query.url + path)).status).toBe(200);
  });

  test('is nowhere in the log', async () => {
    const token = await signed({ expiresIn: '-1m' });
    await with_(`Bearer ${token}`);
    expect(world.query.output).not.toContain(token.split('.')[2]);
    expect(world.query.output).not.toContain(JWT_SECRET);
  });
});
