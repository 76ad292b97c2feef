import { generateKeyPairSync } from 'node:crypto';
import { Environment } from '#service-runtime/settings/environment.js';
import { readJwtSettings } from './jwt.settings.js';

const read = (variables: Record<string, string>) => Environment.read(variables, readJwtSettings);
const secret = 's'.repeat(32);
const rsaKey = (modulusLength: number): string =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const publicKey = rsaKey(2048);

describe('JWT settings', () => {
  it.each([[{}], [{ JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey }]])('want exactly one key source', (variables) => {
    expect(() => read(variables as Record<string, string>)).toThrow(
      /exactly one of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS_URL/,
    );
  });

  it('refuse a short secret', () => {
    expect(() => read({ JWT_SECRET: 'short' })).toThrow(/JWT_SECRET must have at least 32 bytes/);
  });

  it.each([
    [{ JWT_SECRET: secret, JWT_ALGORITHMS: 'none' }],
    [{ JWT_SECRET: secret, JWT_ALGORITHMS: 'HS256,RS256' }],
    [{ JWT_PUBLIC_KEY: publicKey, JWT_ALGORITHMS: 'HS256' }],
  ])('refuse algorithms that do not fit the key', (variables) => {
    expect(() => read(variables as Record<string, string>)).toThrow(/JWT_ALGORITHMS/);
  });

  it('refuse what is no public key', () => {
    expect(() => read({ JWT_PUBLIC_KEY: 'x' })).toThrow(/JWT_PUBLIC_KEY must be a public key/);
  });

  it('refuse an RSA key that no algorithm takes', () => {
    expect(() => read({ JWT_PUBLIC_KEY: rsaKey(1024) })).toThrow(/JWT_PUBLIC_KEY must have at least 2048 bits/);
  });

  it('take a PEM with escaped line breaks', () => {
    expect(read({ JWT_PUBLIC_KEY: publicKey.replaceAll('\n', '\\n') }).key.kind).toBe('publicKey');
  });
});
