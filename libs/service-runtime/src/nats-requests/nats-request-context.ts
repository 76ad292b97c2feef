import { BaseRpcContext } from '@nestjs/microservices';
import type { MsgHdrs } from '@nats-io/transport-node';

/** What a handler may want to know of a request beside its data; inject it with `@Ctx()`. */
export class NatsRequestContext extends BaseRpcContext<[string, MsgHdrs | undefined, string]> {
  get subject(): string {
    return this.args[0];
  }

  /** The first value of a header, whatever the case of its name. */
  header(name: string): string | undefined {
    const headers = this.args[1];
    const key = headers?.keys().find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    return key === undefined ? undefined : headers?.get(key);
  }

  get requestId(): string {
    return this.args[2];
  }
}
