import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimits } from '../limits/rate-limits.js';
import type { AuthorizedRequest } from './caller-scope.js';
import { JwtVerifier } from './jwt-verifier.js';

/** No token is read over HTTP without a valid JWT. */
@Injectable()
export class HttpJwtGuard implements CanActivate {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly limits: RateLimits,
  ) {}

  /** @throws {ServiceError} 403 or 503 as {@link JwtVerifier.callerOf}, 429 as {@link RateLimits.take} */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & AuthorizedRequest>();
    // A reply is a promise of its end, so it must not be returned here.
    const count = async (caller: string): Promise<void> => {
      http.getResponse<FastifyReply>().headers(await this.limits.take(caller));
    };
    try {
      const { scope, name = request.ip, expiresAt } = await this.verifier.callerOf(request.headers.authorization);
      request.scope = scope;
      request.expiresAt = expiresAt;
      await count(name);
    } catch (error) {
      if (!request.scope) await count(request.ip);
      throw error;
    }
    return true;
  }
}
