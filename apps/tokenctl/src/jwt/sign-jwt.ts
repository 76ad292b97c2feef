import { SignJWT } from 'jose';
import type { JwtSettings } from '#service-runtime/settings/jwt.settings.js';

export interface JwtClaims {
  readonly subject: string;
  /** undefined: all of them. */
  readonly customers?: readonly number[];
  /** Seconds. */
  readonly for: number;
}

/** Why no JWT can be signed here; undefined if one can. */
export function keyProblem({ key }: JwtSettings): string | undefined {
  const setting = { secret: undefined, publicKey: 'JWT_PUBLIC_KEY', jwks: 'JWT_JWKS_URL' }[key.kind];
  return (
    setting &&
    `${setting} only checks JWTs, and the key that signs them is not here: get one from its owner, or set JWT_SECRET instead, in both places, to try the product.`
  );
}

/** @returns a JWT that the query app with the same settings accepts */
export async function signJwt(
  claims: JwtClaims,
  { key, algorithms, issuer, audience, customersClaim }: JwtSettings,
): Promise<{ readonly jwt: string; readonly expiresAt: string }> {
  if (key.kind !== 'secret') throw new Error('a JWT is signed with a secret');
  const now = Math.floor(Date.now() / 1_000);
  const expires = now + claims.for;
  const payload = claims.customers ? { [customersClaim]: claims.customers } : {};
  const token = new SignJWT(payload).setProtectedHeader({ alg: algorithms[0]! }).setSubject(claims.subject);
  token.setIssuedAt(now).setExpirationTime(expires);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return {
    jwt: await token.sign(new TextEncoder().encode(key.secret)),
    expiresAt: new Date(expires * 1_000).toISOString(),
  };
}
