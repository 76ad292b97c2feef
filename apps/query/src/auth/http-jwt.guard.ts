import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { JwtVerifier } from './jwt-verifier.js';
import type { Scope } from './scope.js';

export type AuthorizedRequest = FastifyRequest & { scope: Scope };

/** Nobody reads a token over HTTP without a valid JWT; what it lets them see goes on with the request. */
@Injectable()
export class HttpJwtGuard implements CanActivate {
  constructor(@Inject(JwtVerifier) private readonly verifier: JwtVerifier) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthorizedRequest>();
    request.scope = await this.verifier.scopeOf(request.headers.authorization);
    return true;
  }
}
