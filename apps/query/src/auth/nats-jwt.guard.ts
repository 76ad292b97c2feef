import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { QuerySettings } from '../settings.js';
import { RateLimits } from '../limits/rate-limits.js';
import type { AuthorizedRequest } from './caller-scope.js';
import type { Caller } from './caller.js';
import { JwtVerifier } from './jwt-verifier.js';
import { EVERYTHING } from './scope.js';

/**
 * The NATS server's own accounts and permissions protect NATS requests, unless a setting requires a JWT. If a caller sends a JWT, it always
 * counts.
 */
@Injectable()
export class NatsJwtGuard implements CanActivate {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly settings: QuerySettings,
    private readonly limits: RateLimits,
  ) {}

  /** @throws {ServiceError} 403 or 503 as {@link JwtVerifier.callerOf}, 429 as {@link RateLimits.take}, 400 for two JWT headers */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToRpc().getContext<NatsRequestContext & AuthorizedRequest>();
    const { scope, name } = await this.callerOf(request);
    request.scope = scope;
    await this.limits.take(name);
    return true;
  }

  private async callerOf(request: NatsRequestContext): Promise<Caller> {
    const [authorization, ...others] = request.takeHeader('authorization');
    if (others.length > 0) throw new ServiceError(400, 'There are several Authorization headers; send one.');
    if (authorization === undefined && !this.settings.natsRequiresJwt)
      return { scope: EVERYTHING, name: undefined, expiresAt: Infinity };
    return this.verifier.callerOf(authorization);
  }
}
