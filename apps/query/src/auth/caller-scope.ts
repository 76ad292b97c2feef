import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Scope } from './scope.js';

/** An HTTP or NATS request that has passed the guard. */
export interface AuthorizedRequest {
  scope: Scope;
  /** Over HTTP: when its JWT is no longer accepted, in milliseconds since 1970. */
  expiresAt?: number;
}

/** Injects into a handler the customers that the caller may see. The guard has read them from the JWT. */
export const CallerScope = createParamDecorator((_: unknown, context: ExecutionContext): Scope => {
  const request =
    context.getType() === 'rpc'
      ? context.switchToRpc().getContext<AuthorizedRequest>()
      : context.switchToHttp().getRequest<AuthorizedRequest>();
  return request.scope;
});

/** For the access log: how many customers the caller may see. Nothing of a request that no guard has let in. */
export function scopeSize(request: object): object {
  const { scope } = request as Partial<AuthorizedRequest>;
  if (!scope) return {};
  return { customers: scope.kind === 'all' ? 'all' : scope.customerIds.length };
}
