import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';

/** For the tests and the demo only. */
export const JWT_SECRET = 'not-a-secret-this-is-for-tests-and-the-demo';

export interface TokenOptions {
  /** The customers that the caller may see; left out: all customers. */
  readonly customerIds?: readonly number[];
  /** Further claims; they override the others. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** A time span in jose's form, default `1h`, or null for a token without `exp`. Negative spans: `-1m`. */
  readonly expiresIn?: string | null;
  readonly issuer?: string;
  readonly audience?: string;
  /** Default HS256; `none` leaves the token unsigned. */
  readonly algorithm?: string;
  /** A shared secret or a private key; default: the tests' own secret. */
  readonly key?: string | CryptoKey;
  readonly keyId?: string;
}

/** A JWT for a caller to send. */
export async function signToken(options: TokenOptions = {}): Promise<string> {
  const {
    customerIds,
    claims,
    expiresIn = '1h',
    issuer,
    audience,
    algorithm = 'HS256',
    key = JWT_SECRET,
    keyId,
  } = options;
  const payload = { sub: 'test', ...(customerIds && { customer_ids: customerIds }), ...claims };
  const token = algorithm === 'none' ? new UnsecuredJWT(payload) : new SignJWT(payload);
  token.setIssuedAt();
  if (expiresIn !== null) token.setExpirationTime(expiresIn.replace(/^-(.*)$/, '$1 ago'));
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  if (token instanceof UnsecuredJWT) return token.encode();
  return token
    .setProtectedHeader({ alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);
}

export interface KeyPair {
  readonly privateKey: CryptoKey;
  /** For JWT_PUBLIC_KEY. */
  readonly publicPem: string;
  /** For a key set behind JWT_JWKS_URL. */
  readonly publicJwk: JWK;
}

/** @param algorithm `RS256`, `PS256`, `ES256`, `EdDSA`, ... */
export async function keyPair(algorithm = 'RS256'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, publicPem: await exportSPKI(publicKey), publicJwk: await exportJWK(publicKey) };
}
