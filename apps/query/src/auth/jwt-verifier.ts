import { Injectable } from '@nestjs/common';
import { errors, importSPKI, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { ServiceError } from '#service-runtime/service-error.js';
import type { JwtSettings } from '#service-runtime/settings/jwt.settings.js';
import { QuerySettings } from '../settings.js';
import type { Caller } from './caller.js';
import { jwtRefusal } from './jwt-refusal.js';
import { KeySetLog } from './key-set-log.js';
import { digestOf, RememberedCallers } from './remembered-callers.js';
import { remoteKeys } from './remote-keys.js';
import { inOrder, scopeOfClaim, type Scope } from './scope.js';

const CLOCK_TOLERANCE_SECONDS = 5;
/** Enough for 2,500 customer ids of seven digits. The limit of HTTP headers must be higher. */
const MAX_TOKEN_LENGTH = 32_768;
const SCHEME_LENGTH = 'Bearer '.length;

/** Checks callers' bearer tokens: signature by an allow-listed algorithm, `exp` (required), `nbf`, and `iss`, `aud` where set. */
@Injectable()
export class JwtVerifier {
  private readonly settings: JwtSettings;
  private readonly key: Promise<JWTVerifyGetKey>;
  private readonly options: JWTVerifyOptions;
  private readonly remembered = new RememberedCallers();

  constructor({ jwt: settings }: QuerySettings, log: KeySetLog) {
    this.settings = settings;
    this.key = keyGetter(settings, log);
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
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    if (!token) throw new ServiceError(403, 'The Authorization header must be "Bearer <token>" with one JWT.');
    const known = this.remembered.find(token);
    if (known) return known;
    const claims = await this.verify(token);
    const scope = scopeOfClaim(claims, this.settings.customersClaim);
    const expiresAt = (claims.exp! + CLOCK_TOLERANCE_SECONDS) * 1_000;
    const caller = { scope, name: nameOf(scope, claims), expiresAt };
    this.remembered.add(token, caller);
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
}

/** Subjects are unique for one issuer only. A digest, as a rate limit keeps the names of all callers, and a JWT may have a long one. */
function nameOf(scope: Scope, { iss = '', sub }: JWTPayload): string | undefined {
  if (typeof sub === 'string' && sub !== '') return `subject ${digestOf(JSON.stringify([iss, sub]))}`;
  if (scope.kind === 'all') return undefined;
  return `customers ${digestOf(inOrder(scope.customerIds)!.join())}`;
}

/** Another key may do: this one did not sign the token, or nobody may use it, for instance because it is too short. */
function isOfTheKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError;
}

async function keyGetter({ key, algorithms }: JwtSettings, log: KeySetLog): Promise<JWTVerifyGetKey> {
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
      return remoteKeys(key.url, log);
  }
}
