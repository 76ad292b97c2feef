import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, importPKCS8 } from 'jose';
import { keySetFetch } from '../../apps/query/src/auth/fetch-key-set.js';
import type { KeySetLog } from '../../apps/query/src/auth/key-set-log.js';
import { atEnd } from '../support/at-end.js';
import type { AppProcess } from '../support/app-process.js';
import { httpList, type Reply } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { JWT_SECRET, keyPair, signToken, type KeyPair } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { createStream } from '../support/stream.js';
import { expectError } from './service-error.js';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

let env: Readonly<Record<string, string>>;
/** Somebody's key for each algorithm, never the app's. */
const foreign = new Map<string, KeyPair>();

beforeAll(async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  env = { ...database.env, ...stream.env };
  for (const algorithm of ALGORITHMS) foreign.set(algorithm, await keyPair(algorithm));
});

const ask = (query: AppProcess, token: string): Promise<Reply> => httpList(query.url, {}, { token });
const statusOf = async (query: AppProcess, token: string) => (await ask(query, token)).status;

describe('with a public key', () => {
  describe.each([
    ['RS256', 'as it is', (pem: string) => pem],
    ['ES256', 'in one line, as an environment file holds it,', (pem: string) => pem.replaceAll('\n', '\\n')],
    ['EdDSA', 'as it is', (pem: string) => pem],
  ])('for %s, its PEM %s', (algorithm, _, spelt) => {
    let own: KeyPair;
    let query: AppProcess;

    beforeAll(async () => {
      own = await keyPair(algorithm);
      query = await startQuery({ ...env, JWT_PUBLIC_KEY: spelt(own.publicPem) });
    });

    test('what its private key signed is accepted', async () => {
      expect(await statusOf(query, await signToken({ algorithm, key: own.privateKey }))).toBe(200);
    });

    test('what another key signed is a 403', async () => {
      const { privateKey } = foreign.get(algorithm)!;
      expectError(await ask(query, await signToken({ algorithm, key: privateKey })), 403);
    });

    test('the public key, which everybody knows, is no shared secret', async () => {
      const spellings = [own.publicPem, own.publicPem.trim(), own.publicPem.replaceAll('\n', '\\n')];
      for (const key of spellings)
        for (const hmac of ['HS256', 'HS384', 'HS512'])
          expectError(await ask(query, await signToken({ algorithm: hmac, key })), 403);
      expectError(await ask(query, await signToken({ key: JWT_SECRET })), 403);
    });

    test('an unsigned token is a 403', async () => {
      expectError(await ask(query, await signToken({ algorithm: 'none' })), 403);
    });

    test.each(ALGORITHMS.filter((other) => other !== algorithm))(
      'a token that claims %s, for which the key may not be made, is a 403 and neither 500 nor 503',
      async (other) => {
        const { privateKey } = foreign.get(other)!;
        expectError(await ask(query, await signToken({ algorithm: other, key: privateKey })), 403);
      },
    );
  });

  test('an algorithm that fits the key but is not on the list is a 403', async () => {
    const own = await keyPair('RS256');
    const query = await startQuery({ ...env, JWT_PUBLIC_KEY: own.publicPem, JWT_ALGORITHMS: 'RS384, RS512' });
    const signed = async (algorithm: string) => {
      return signToken({ algorithm, key: await importPKCS8(await exportPKCS8(own.privateKey), algorithm) });
    };
    expectError(await ask(query, await signed('RS256')), 403);
    expect(await statusOf(query, await signed('RS512'))).toBe(200);
  });
});

/** Every SIGUSR2 moves the app's clock on by a minute: what it waits for comes sooner. */
const CLOCK = `
const Real = Date, now = () => Real.now() + ahead;
let ahead = 0;
process.on('SIGUSR2', () => { ahead += 60_000; });
globalThis.Date = class Date extends Real {
  constructor(...given) { given.length ? super(...given) : super(now()); }
  static now() { return now(); }
};`;
const OWN_CLOCK = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CLOCK)}` };

/** In place of an answer. */
const HANGS_UP = { status: 0, body: '' };
const SILENT = { status: -1, body: '' };
const ENDLESS = { status: 200, body: ' '.repeat(1_048_576) };

describe('with a key set', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };
  let fetched = 0;
  /** Bodies of an answer without an end. */
  let sent = 0;
  let first: KeyPair;
  let second: KeyPair;

  const sendOn = (response: ServerResponse): void => {
    while (!response.destroyed && response.write(ENDLESS.body)) sent += 1;
    sent += 1;
    response.once('drain', () => sendOn(response));
  };
  const publishKeys = (...keys: readonly [kid: string, pair: KeyPair][]) => {
    const jwks = keys.map(([kid, { publicJwk }]) => ({ ...publicJwk, kid, use: 'sig' }));
    answer = { status: 200, body: JSON.stringify({ keys: jwks }) };
  };
  const signedBy = ({ privateKey }: KeyPair, keyId?: string, claims = {}) =>
    signToken({ algorithm: 'RS256', key: privateKey, claims, ...(keyId === undefined ? {} : { keyId }) });

  beforeAll(async () => {
    [first, second] = await Promise.all([keyPair(), keyPair()]);
    server = createServer((_, response) => {
      fetched += 1;
      if (answer === HANGS_UP) return void response.destroy();
      if (answer === ENDLESS) return sendOn(response);
      if (answer === SILENT) return;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    atEnd('closing the key server', () => void server.close());
  });

  beforeEach(() => publishKeys(['first', first]));

  test('what a key of the set signed is accepted, and the set is not fetched for every request', async () => {
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    fetched = 0;
    for (let i = 0; i < 20; i += 1) expect(await statusOf(query, await signedBy(first, 'first', { jti: i }))).toBe(200);
    expect(fetched).toBe(1);
    // A set that goes away later is remembered.
    answer = { status: 500, body: '' };
    expect(await statusOf(query, await signedBy(first, 'first', { jti: 'later' }))).toBe(200);
    // A key that is not in it, one that only says it is, none of a shared secret, none at all.
    expectError(await ask(query, await signedBy(second, 'first')), 403);
    expectError(await ask(query, await signToken({ key: JSON.stringify(first.publicJwk), keyId: 'first' })), 403);
    expectError(await ask(query, await signToken({ key: first.publicPem, keyId: 'first' })), 403);
    expectError(await ask(query, await signToken({ algorithm: 'none' })), 403);
    await query.stop();
  });

  test('a token that is used again and again is refused once it has expired, and a new key is found without a restart', async () => {
    const query = await startQuery({ ...env, ...OWN_CLOCK, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    const used = await signToken({ algorithm: 'RS256', key: first.privateKey, keyId: 'first', expiresIn: '30s' });
    for (let i = 0; i < 3; i += 1) expect(await statusOf(query, used)).toBe(200);
    query.kill('SIGUSR2');
    await eventually('the token to be refused', async () => (await statusOf(query, used)) === 403);

    publishKeys(['second', second]);
    expect(await statusOf(query, await signedBy(second, 'second'))).toBe(200);
    // The old key is no longer in the set.
    expectError(await ask(query, await signedBy(first, 'first', { jti: 'not seen before' })), 403);
    await query.stop();
  });

  test('a token that does not say which of several keys signed it is judged, not taken for a set that is away', async () => {
    publishKeys(['first', first], ['second', second]);
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    for (const pair of [first, second]) expect([200, 403]).toContain(await statusOf(query, await signedBy(pair)));
    expectError(await ask(query, await signedBy(foreign.get('RS256')!)), 403);
    await query.stop();
  });

  test('a key that nobody may use does not hide the one that signed a token', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' });
    answer = { status: 200, body: JSON.stringify({ keys: [short, first.publicJwk] }) };
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    expect(await statusOf(query, await signedBy(first))).toBe(200);
    expectError(await ask(query, await signedBy(second)), 403);
    await query.stop();
  });

  test.each([
    ['a point that is on no curve', 'ES256', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['half a key', 'EdDSA', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }],
  ])('a token that names a key with bad data is a 403, as the set is there: %s', async (_, algorithm, bad) => {
    answer = {
      status: 200,
      body: JSON.stringify({
        keys: [
          { ...bad, kid: 'bad' },
          { ...first.publicJwk, kid: 'first' },
        ],
      }),
    };
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    const key = foreign.get(algorithm)!.privateKey;
    expectError(await ask(query, await signToken({ algorithm, key, keyId: 'bad' })), 403);
    expect(await statusOf(query, await signedBy(first, 'first'))).toBe(200);
    await query.stop();
  });

  test('of an answer that does not end no more is read than a set can have', async () => {
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    answer = ENDLESS;
    sent = 0;
    expectError(await ask(query, await signedBy(first, 'first')), 503);
    expect(sent).toBeGreaterThan(1);
    // In megabytes: what is on its way between two kernels comes on top.
    expect(sent).toBeLessThan(30);
    await query.stop();
  });

  test('that cannot be fetched again keeps its keys for an hour, and is asked for meanwhile', async () => {
    const query = await startQuery({ ...env, ...OWN_CLOCK, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    const signer = { algorithm: 'RS256', key: first.privateKey, keyId: 'first', expiresIn: '3h' };
    const again = async (jti: number) => statusOf(query, await signToken({ ...signer, claims: { jti } }));
    expect(await again(0)).toBe(200);
    answer = { status: 500, body: '' };
    fetched = 0;
    let minutes = 0;
    do {
      query.kill('SIGUSR2');
      minutes += 1;
    } while ((await again(minutes)) === 200 && minutes < 70);
    expect(Math.abs(minutes - 60)).toBeLessThanOrEqual(1);
    // Once a minute, from the eleventh on.
    expect(fetched).toBeGreaterThan(40);
    expectError(await ask(query, await signToken({ ...signer, claims: { jti: minutes } })), 503);
    // Operators hear of it as long as something can be done, and once.
    const told = () => query.logsWith('the key set at JWT_JWKS_URL cannot be fetched');
    await eventually('a warning', () => told().length > 0);
    expect(told()).toMatchObject([{ fetches: 1, err: { message: 'the answer has the status 500 in place of 200' } }]);
    await query.stop();
  });

  test('that is fetched and has no keys is believed, and operators are told', async () => {
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    publishKeys();
    expectError(await ask(query, await signedBy(first, 'first')), 403);
    await eventually('a warning', () => query.logsWith('the key set at JWT_JWKS_URL has no keys').length === 1);
    await query.stop();
  });

  test.each([
    ['the answer has the status 302 in place of 200', { status: 302, body: '' }],
    ['the answer is no JSON: it has 6 bytes', { status: 200, body: '<html>' }],
    ['the answer has no list "keys" of objects', { status: 200, body: '{"keys":[5]}' }],
    ['the answer has more than 1048576 bytes', ENDLESS],
    ['fetch failed', HANGS_UP],
  ])('operators are told what comes in place of it: %s', async (message, instead) => {
    answer = instead;
    const log = { cannotBeFetched: jest.fn(), isEmpty: jest.fn() };
    const options = { method: 'GET', redirect: 'manual', headers: new Headers() } as const;
    const fetching = keySetFetch(log as unknown as KeySetLog)(url, { ...options, signal: AbortSignal.timeout(9_000) });
    await expect(fetching).rejects.toThrow(message);
    expect(log.cannotBeFetched).toHaveBeenCalledWith(expect.objectContaining({ message }));
  });

  test('while it does not come, a few requests wait for it, and those whose key is known do not', async () => {
    const query = await startQuery({ ...env, ...OWN_CLOCK, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    expect(await statusOf(query, await signedBy(first, 'first'))).toBe(200);
    // An unknown key makes the app fetch the set again, but not at once.
    query.kill('SIGUSR2');
    // What it answers next, it may still have read before the signal.
    expect(await statusOf(query, await signedBy(first, 'first', { jti: 'later' }))).toBe(200);
    answer = SILENT;
    fetched = 0;
    const unknown = await signedBy(second, 'second');
    const strangers = Promise.all(Array.from({ length: 600 }, () => ask(query, unknown)));
    await eventually('the set to be fetched', () => fetched > 0);
    for (let i = 0; i < 5; i += 1) expect(await statusOf(query, await signedBy(first, 'first', { jti: i }))).toBe(200);
    const refusals = (await strangers).map((reply) => expectError(reply, 503));
    const overloaded = refusals.filter((message) => message.includes('more requests than can be answered'));
    expect(overloaded.length).toBeGreaterThan(0);
    expect(overloaded.length).toBeLessThanOrEqual(100);
    await query.stop();
  });

  test('whatever comes in place of the set, a caller gets a 503 with Retry-After until it is back', async () => {
    const query = await startQuery({ ...env, JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' });
    const token = await signedBy(first, 'first');
    for (const instead of [
      { status: 500, body: 'oops' },
      { status: 404, body: '{}' },
      { status: 302, body: '' },
      { status: 200, body: '<html>oops' },
      { status: 200, body: '{"keys":5}' },
      { status: 200, body: '' },
      HANGS_UP,
    ]) {
      answer = instead;
      const reply = await ask(query, token);
      expectError(reply, 503);
      expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(reply.body).not.toMatch(/127\.0\.0\.1|jwks\.json|oops/);
    }
    // Who brings no JWT is not told to come back later.
    expectError(await httpList(query.url, {}, { token: null }), 403);
    expectError(await ask(query, 'garbage'), 403);
    publishKeys(['first', first]);
    expect(await statusOf(query, token)).toBe(200);
    await query.stop();
  });
});
