import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuthorizedRequest } from './caller-scope.js';
import { JwtVerifier } from './jwt-verifier.js';

/** No token is read over HTTP without a valid JWT. */
@Injectable()
export class HttpJwtGuard implements CanActivate {
  constructor(private readonly verifier: JwtVerifier) {}

  /** @throws {ServiceError} 403 or 503 as {@link JwtVerifier.scopeOf} */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthorizedRequest>();
    request.scope = await this.verifier.scopeOf(request.headers.authorization);
    return true;
  }
}
