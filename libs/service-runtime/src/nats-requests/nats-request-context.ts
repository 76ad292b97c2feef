import { BaseRpcContext } from '@nestjs/microservices';
import type { ReadHeaders } from './request-headers.js';

/** A request without its data: subject, headers, id. Inject it with `@Ctx()`. */
export class NatsRequestContext extends BaseRpcContext<[string, ReadHeaders, string]> {
  get subject(): string {
    return this.args[0];
  }

  /**
   * All values of a header that the server reads for its handlers; the case of its name does not matter. They are there once: a request may
   * wait for long, and must not keep them.
   */
  takeHeader(name: string): readonly string[] {
    const [, headers] = this.args;
    const values = headers.get(name.toLowerCase()) ?? [];
    headers.delete(name.toLowerCase());
    return values;
  }

  get requestId(): string {
    return this.args[2];
  }
}
