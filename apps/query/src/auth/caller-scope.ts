import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Scope } from './scope.js';

/** A request of either door behind its guard. */
export interface AuthorizedRequest {
  scope: Scope;
}

/** Injects into a handler the customers that the caller may see, as the guard of the door has read them from the JWT. */
export const CallerScope = createParamDecorator((_: unknown, context: ExecutionContext): Scope => {
  const request =
    context.getType() === 'rpc'
      ? context.switchToRpc().getContext<AuthorizedRequest>()
      : context.switchToHttp().getRequest<AuthorizedRequest>();
  return request.scope;
});
