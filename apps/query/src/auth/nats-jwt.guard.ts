import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { QuerySettings } from '../settings.js';
import type { AuthorizedRequest } from './caller-scope.js';
import { JwtVerifier } from './jwt-verifier.js';
import { EVERYTHING, type Scope } from './scope.js';

/**
 * The NATS server's own accounts and permissions protect NATS requests, unless a setting requires a JWT. If a caller sends a JWT, it always
 * counts.
 */
@Injectable()
export class NatsJwtGuard implements CanActivate {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly settings: QuerySettings,
  ) {}

  /** @throws {ServiceError} 403 or 503 as {@link JwtVerifier.scopeOf}, 400 for two JWT headers */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToRpc().getContext<NatsRequestContext & AuthorizedRequest>();
    request.scope = await this.scopeOf(request);
    return true;
  }

  private async scopeOf(request: NatsRequestContext): Promise<Scope> {
    const [authorization, ...others] = request.header('authorization');
    if (others.length > 0) throw new ServiceError(400, 'There are several Authorization headers; send one.');
    if (authorization === undefined && !this.settings.natsRequiresJwt) return EVERYTHING;
    return this.verifier.scopeOf(authorization);
  }
}
