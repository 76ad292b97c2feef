import { Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  importSPKI,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { ServiceError } from '#service-runtime/service-error.js';
import type { JwtSettings } from '#service-runtime/settings/jwt.settings.js';
import { QuerySettings } from '../settings.js';
import { fetchKeySet } from './fetch-key-set.js';
import { jwtRefusal } from './jwt-refusal.js';
import { scopeOfClaim, type Scope } from './scope.js';

const CLOCK_TOLERANCE_SECONDS = 5;
/** Enough for 2,500 customer ids of seven digits. The limit of HTTP headers must be higher. */
const MAX_TOKEN_LENGTH = 32_768;
const SCHEME_LENGTH = 'Bearer '.length;
/** A verified token is not verified again for this long, but never beyond its `exp`. */
const REMEMBER_MS = 60_000;
const REMEMBER_TOKENS = 1_000;

/** Who sends requests. */
export interface Caller {
  readonly scope: Scope;
  /** The same for every JWT of one caller: by its subject, else by its customers. undefined: it has neither. */
  readonly name: string | undefined;
  /** When its JWT is no longer accepted, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Checks callers' bearer tokens: signature by an allow-listed algorithm, `exp` (required), `nbf`, and `iss`, `aud` where set. */
@Injectable()
export class JwtVerifier {
  private readonly settings: JwtSettings;
  private readonly key: Promise<JWTVerifyGetKey>;
  private readonly options: JWTVerifyOptions;
  private readonly remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();

  constructor({ jwt: settings }: QuerySettings) {
    this.settings = settings;
    this.key = keyGetter(settings);
    this.key.catch(() => undefined);
    this.options = {
      algorithms: [...settings.algorithms],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      ...(settings.issuer === undefined ? {} : { issuer: settings.issuer }),
      ...(settings.audience === undefined ? {} : { audience: settings.audience }),
    };
  }

  /**
   * @param authorization the value of an `Authorization` header
   * @throws {ServiceError} 403 when there is no valid token, 503 when the key set cannot be fetched
   */
  async callerOf(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined || authorization === '') {
      throw new ServiceError(403, 'A JWT is required: send the header "Authorization: Bearer <token>".');
    }
    if (authorization.length > MAX_TOKEN_LENGTH + SCHEME_LENGTH) {
      const message = `The Authorization header has ${authorization.length} characters, and a JWT of at most ${MAX_TOKEN_LENGTH} is taken here.`;
      throw new ServiceError(403, message);
    }
    const known = this.remembered.get(authorization);
    if (known && known.until > Date.now()) return known.caller;
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    if (!token) throw new ServiceError(403, 'The Authorization header must be "Bearer <token>" with one JWT.');
    const claims = await this.verify(token);
    const scope = scopeOfClaim(claims, this.settings.customersClaim);
    const expiresAt = (claims.exp! + CLOCK_TOLERANCE_SECONDS) * 1_000;
    const caller = { scope, name: nameOf(scope, claims), expiresAt };
    this.remember(authorization, caller);
    return caller;
  }

  private async verify(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, await this.key, this.options)).payload;
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return this.verifyWithAnyOf(token, error);
      throw jwtRefusal(error);
    }
  }

  /** Several keys fit, and the token does not say which one signed it. */
  private async verifyWithAnyOf(token: string, keys: errors.JWKSMultipleMatchingKeys): Promise<JWTPayload> {
    let last: unknown = keys;
    for await (const key of keys) {
      try {
        return (await jwtVerify(token, key, this.options)).payload;
      } catch (error) {
        last = error;
        if (!isOfTheKey(error)) break;
      }
    }
    throw jwtRefusal(last);
  }

  private remember(authorization: string, caller: Caller): void {
    if (this.remembered.size >= REMEMBER_TOKENS) this.remembered.delete(this.remembered.keys().next().value!);
    this.remembered.set(authorization, { caller, until: Math.min(Date.now() + REMEMBER_MS, caller.expiresAt) });
  }
}

/** Subjects are unique for one issuer only. */
function nameOf(scope: Scope, { iss = '', sub }: JWTPayload): string | undefined {
  if (typeof sub === 'string' && sub !== '') return `subject ${JSON.stringify([iss, sub])}`;
  return scope.kind === 'customers' ? `customers ${[...scope.customerIds].sort((a, b) => a - b).join()}` : undefined;
}

/** Another key may do: this one did not sign the token, or nobody may use it, for instance because it is too short. */
function isOfTheKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError;
}

async function keyGetter({ key, algorithms }: JwtSettings): Promise<JWTVerifyGetKey> {
  switch (key.kind) {
    case 'secret': {
      const secret = new TextEncoder().encode(key.secret);
      return () => secret;
    }
    case 'publicKey': {
      // A key is imported for one algorithm: the one that the token's header names, if it is allowed.
      const imported = new Map<string, ReturnType<typeof importSPKI>>();
      return ({ alg }) => {
        if (!alg || !algorithms.includes(alg)) throw new errors.JOSEAlgNotAllowed();
        if (!imported.has(alg))
          imported.set(
            alg,
            importSPKI(key.pem, alg).catch(() => Promise.reject(new errors.JOSEAlgNotAllowed())),
          );
        return imported.get(alg)!;
      };
    }
    case 'jwks':
      return createRemoteJWKSet(new URL(key.url), { timeoutDuration: 3_000, [customFetch]: fetchKeySet });
  }
}
