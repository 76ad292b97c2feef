import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Environment } from './environment.js';

/** Where the key that signs callers' tokens comes from; exactly one of the three. */
export type JwtKeySource =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'publicKey'; readonly pem: string; readonly algorithms: readonly string[] }
  | { readonly kind: 'jwks'; readonly url: string };

export const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const MIN_SECRET_BYTES = 32;
/** The secret in .env.example and docker-compose.yml: it is public, so anyone can sign tokens with it. */
export const DEVELOPMENT_SECRET = 'development-only-secret-do-not-use-in-production';
/** RFC 7518 demands it for RS and PS: with a shorter key the service would refuse every token. */
const MIN_RSA_BITS = 2_048;

export function readKeySource(environment: Environment): JwtKeySource {
  const secret = environment.optional('JWT_SECRET');
  const pem = environment.optional('JWT_PUBLIC_KEY')?.replaceAll('\\n', '\n');
  const url = environment.optional('JWT_JWKS_URL');
  if ([secret, pem, url].filter((value) => value !== undefined).length !== 1) {
    environment.problem('exactly one of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS_URL is required');
  }
  if (pem !== undefined) {
    return readPublicKey(environment, pem);
  }
  if (url !== undefined) {
    environment.url('JWT_JWKS_URL', url, ['https:', 'http:']);
    if (hasLogin(url)) environment.problem('JWT_JWKS_URL must have no user and password: nothing is fetched with them');
    return { kind: 'jwks', url };
  }
  if (secret !== undefined && Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    environment.problem(`JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes`);
  }
  if (secret === DEVELOPMENT_SECRET && environment.optional('NODE_ENV') === 'production') {
    environment.problem(
      'JWT_SECRET is the secret for development, which everybody can read; NODE_ENV says that this is no development, so set one of your own',
    );
  }
  return { kind: 'secret', secret: secret ?? '' };
}

function hasLogin(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

function readPublicKey(environment: Environment, pem: string): JwtKeySource {
  const key = publicKeyIn(pem);
  if (!key) {
    environment.problem('JWT_PUBLIC_KEY must be a public key in PEM (SPKI) form');
    return { kind: 'publicKey', pem, algorithms: ASYMMETRIC };
  }
  const algorithms = algorithmsOf(key);
  if (isShort(key)) environment.problem(`JWT_PUBLIC_KEY must have at least ${MIN_RSA_BITS} bits`);
  if (algorithms.length > 0) return { kind: 'publicKey', pem: spkiOf(key), algorithms };
  environment.problem(
    'JWT_PUBLIC_KEY must be an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 key: no algorithm taken here fits it',
  );
  return { kind: 'publicKey', pem, algorithms: ASYMMETRIC };
}

function publicKeyIn(pem: string): KeyObject | undefined {
  try {
    return pem.includes('PUBLIC KEY') ? createPublicKey(pem) : undefined;
  } catch {
    return undefined;
  }
}

/** The algorithms whose signatures this key can verify. */
function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly string[] {
  const curve = details?.namedCurve ?? '';
  if (type === 'ec') return { prime256v1: ['ES256'], secp384r1: ['ES384'], secp521r1: ['ES512'] }[curve] ?? [];
  if (type === 'rsa') return ASYMMETRIC.filter((name) => /^[RP]S/.test(name));
  return type === 'ed25519' ? ['EdDSA', 'Ed25519'] : [];
}

/** jose reads this form only. With PKCS#1, or a text before the key, the service would refuse every token. */
function spkiOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function isShort({ asymmetricKeyDetails: details }: KeyObject): boolean {
  return details?.modulusLength !== undefined && details.modulusLength < MIN_RSA_BITS;
}
