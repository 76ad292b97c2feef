import { ServiceError } from '#service-runtime/service-error.js';
import type { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import type { JwtVerifier } from './jwt-verifier.js';
import { EVERYTHING, type Scope } from './scope.js';

/**
 * NATS callers are trusted by the server's own accounts and permissions, unless a setting asks for a JWT. One that is sent
 * counts either way.
 */
export class NatsAuth {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly isRequired: boolean,
  ) {}

  /** @throws {ServiceError} 403 as {@link JwtVerifier.scopeOf}, 400 for two headers of which only one can count */
  async scopeOf(context: NatsRequestContext): Promise<Scope> {
    const [authorization, ...others] = context.header('authorization');
    if (others.length > 0) throw new ServiceError(400, 'There are several Authorization headers; send one.');
    if (authorization === undefined && !this.isRequired) return EVERYTHING;
    return this.verifier.scopeOf(authorization);
  }
}
