import { decodeJwt } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import type { AppProcess } from '../support/app-process.js';
import { httpList } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { startQuery } from '../support/processes.js';
import { createStream } from '../support/stream.js';
import { Operator } from './operator.js';

const JWT_SECRET = 'a-secret-of-this-test-with-more-than-32-bytes';
const SETTINGS = { JWT_SECRET, JWT_ISSUER: 'https://issuer.test', JWT_AUDIENCE: 'tokens', JWT_CUSTOMERS_CLAIM: 'mine' };
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWT_PUBLIC_KEY = publicKey.export({ type: 'spki', format: 'pem' }).toString();

interface Made {
  readonly jwt: string;
  readonly subject: string;
  readonly customers: readonly number[] | null;
  readonly expiresAt: string;
}

describe('tokenctl jwt', () => {
  let query: AppProcess;

  beforeAll(async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream()]);
    query = await startQuery({ ...database.env, ...stream.env, ...SETTINGS, JWT_ALGORITHMS: 'HS512' });
  });

  const asks = async (token: string, params = {}) => (await httpList(query.url, params, { token })).status;

  test('makes one that the query app with the same settings takes, and writes nothing else to standard output', async () => {
    const operator = new Operator({ ...SETTINGS, JWT_ALGORITHMS: 'HS512' });
    const { stdout, output } = await operator.run(0, 'jwt');
    expect(stdout).toMatch(/^[\w.-]+\n$/);
    expect(output).toMatch(/For "tokenctl", all customers, until \d{4}-/);
    expect(output).not.toContain(JWT_SECRET);
    expect(await asks(stdout.trim(), { customerId: 9 })).toBe(200);
  });

  test('for some customers, a subject and a time', async () => {
    const operator = new Operator({ ...SETTINGS, JWT_ALGORITHMS: 'HS512' });
    const [some, none] = await Promise.all([
      operator.json<Made>(0, 'jwt', '--customers', '5,7', '--subject', 'jane', '--for', '15m'),
      operator.json<Made>(0, 'jwt', '--customers', 'none'),
    ]);
    expect(some).toMatchObject({ subject: 'jane', customers: [5, 7] });
    const { sub, iat, exp } = decodeJwt(some.jwt);
    expect({ sub, seconds: exp! - iat! }).toEqual({ sub: 'jane', seconds: 900 });
    expect(some.expiresAt).toBe(new Date(exp! * 1_000).toISOString());
    expect(await Promise.all([5, 7, 9].map((customerId) => asks(some.jwt, { customerId })))).toEqual([200, 200, 403]);
    expect(await Promise.all([asks(none.jwt), asks(none.jwt, { customerId: 5 })])).toEqual([200, 403]);
  });

  test.each([
    ['JWT_PUBLIC_KEY', { JWT_PUBLIC_KEY }],
    ['JWT_JWKS_URL', { JWT_JWKS_URL: 'https://issuer.test/keys', JWT_ACCEPT_ANY_ISSUER: 'true' }],
  ])('refuses with %s, and says why', async (setting, settings) => {
    const { stdout, output } = await new Operator(settings).run(1, 'jwt');
    expect(stdout).toBe('');
    expect(output).toMatch(new RegExp(`${setting} only checks JWTs.*set JWT_SECRET instead`));
  });

  test('in production is made only by somebody who says that it is meant', async () => {
    const operator = new Operator({ ...SETTINGS, NODE_ENV: 'production' });
    const { stdout, output } = await operator.run(1, 'jwt', '--customers', '5');
    expect(stdout).toBe('');
    expect(output).toMatch(/NODE_ENV is production: .* for customers 5\?.*--yes/);
    expect((await operator.run(0, 'jwt', '--yes')).stdout).toMatch(/^[\w.-]+\n$/);
  });

  test.each([
    ['--customers', '0'],
    ['--customers', '5, 7'],
    ['--customers', ''],
    ['--for', '0s'],
    ['--for', '31d'],
    ['--for', 'ever'],
    ['--subject', ''],
  ])('refuses %s %j', async (option, value) => {
    const { stdout, output } = await new Operator(SETTINGS).run(1, 'jwt', option, value);
    expect(stdout).toBe('');
    expect(output).toContain(option);
  });
});
