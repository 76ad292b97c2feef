import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { Environment } from './environment.js';
import { readFileSync } from 'node:fs';
import { DEVELOPMENT_SECRET } from './jwt-key.settings.js';
import { readJwtSettings } from './jwt.settings.js';

const read = (variables: Record<string, string>) => Environment.read(variables, readJwtSettings);
const secret = 's'.repeat(32);
const url = 'https://issuer.test/jwks.json';
const rsaKey = (modulusLength: number): string =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const publicKey = rsaKey(2048);

describe('JWT settings', () => {
  test.each([[{}], [{ JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey }]])('want exactly one key source', (variables) => {
    expect(() => read(variables as Record<string, string>)).toThrow(
      /exactly one of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS_URL/,
    );
  });

  test('refuse a short secret', () => {
    expect(() => read({ JWT_SECRET: 'short' })).toThrow(/JWT_SECRET must have at least 32 bytes/);
  });

  test.each([
    [{ JWT_SECRET: secret, JWT_ALGORITHMS: 'none' }],
    [{ JWT_SECRET: secret, JWT_ALGORITHMS: 'HS256,RS256' }],
    [{ JWT_PUBLIC_KEY: publicKey, JWT_ALGORITHMS: 'HS256' }],
  ])('refuse algorithms that do not fit the key', (variables) => {
    expect(() => read(variables as Record<string, string>)).toThrow(/JWT_ALGORITHMS/);
  });

  test('refuse what is no public key', () => {
    expect(() => read({ JWT_PUBLIC_KEY: 'x' })).toThrow(/JWT_PUBLIC_KEY must be a public key/);
  });

  test('refuse an RSA key that no algorithm takes', () => {
    expect(() => read({ JWT_PUBLIC_KEY: rsaKey(1024) })).toThrow(/JWT_PUBLIC_KEY must have at least 2048 bits/);
  });

  test('take a key however its PEM is written, and hand it on as it is read at the first request', () => {
    const key = createPublicKey(publicKey);
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    for (const pem of [pkcs1, `Bag Attributes\n  name: x\n${publicKey}`])
      expect(read({ JWT_PUBLIC_KEY: pem }).key).toMatchObject({ pem: publicKey });
  });

  test('refuse a key that no algorithm fits, and algorithms that do not fit the key', () => {
    const { publicKey: strange } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const pem = strange.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => read({ JWT_PUBLIC_KEY: pem })).toThrow(/no algorithm taken here fits it/);
    expect(() => read({ JWT_PUBLIC_KEY: publicKey, JWT_ALGORITHMS: 'ES256' })).toThrow(/list of RS256, .* fit the key/);
  });

  test.each([
    [{}, 'JWT_ISSUER and JWT_AUDIENCE'],
    [{ JWT_ISSUER: 'https://issuer.test' }, 'JWT_AUDIENCE'],
    [{ JWT_AUDIENCE: 'tokens' }, 'JWT_ISSUER'],
    [{ JWT_ACCEPT_ANY_ISSUER: 'false' }, 'JWT_ISSUER and JWT_AUDIENCE'],
  ])('refuse a key set with %j: its owner signs for others too', (variables, missing) => {
    const problem = `${missing} must be set with JWT_JWKS_URL`;
    expect(() => read({ JWT_JWKS_URL: url, ...variables })).toThrow(
      new RegExp(`: ${problem}.*JWT_ACCEPT_ANY_ISSUER=true`),
    );
  });

  test('take a key set with issuer and audience, or where a setting says that any will do', () => {
    expect(read({ JWT_JWKS_URL: url, JWT_ISSUER: 'a', JWT_AUDIENCE: 'b' })).toMatchObject({
      issuer: 'a',
      audience: 'b',
    });
    expect(read({ JWT_JWKS_URL: url, JWT_ACCEPT_ANY_ISSUER: 'true' }).key.kind).toBe('jwks');
  });

  test('refuse a key set with a login in its URL, for which no token would be valid', () => {
    const variables = { JWT_JWKS_URL: 'https://user:password@issuer.test/jwks.json', JWT_ACCEPT_ANY_ISSUER: 'true' };
    expect(() => read(variables)).toThrow(/JWT_JWKS_URL must have no user and password/);
    expect(() => read(variables)).not.toThrow(/issuer\.test/);
  });

  test('refuse the secret for development in production only', () => {
    const variables = { JWT_SECRET: DEVELOPMENT_SECRET };
    expect(read(variables).key.kind).toBe('secret');
    expect(() => read({ ...variables, NODE_ENV: 'production' })).toThrow(/JWT_SECRET is the secret for development/);
    expect(read({ JWT_SECRET: secret, NODE_ENV: 'production' }).key.kind).toBe('secret');
  });

  test('know the secret for development that .env.example and docker-compose.yml have', () => {
    for (const file of ['.env.example', 'docker-compose.yml'])
      for (const [found] of readFileSync(file, 'utf8').matchAll(/development-only[\w-]*/g))
        expect(found).toBe(DEVELOPMENT_SECRET);
    expect(readFileSync('.env.example', 'utf8')).toContain(`JWT_SECRET=${DEVELOPMENT_SECRET}\n`);
  });

  test('take a PEM with escaped line breaks', () => {
    expect(read({ JWT_PUBLIC_KEY: publicKey.replaceAll('\n', '\\n') }).key.kind).toBe('publicKey');
  });
});
