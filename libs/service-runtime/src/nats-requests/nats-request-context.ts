import { BaseRpcContext } from '@nestjs/microservices';
import type { MsgHdrs } from '@nats-io/transport-node';

/** A request without its data: subject, headers, id. Inject it with `@Ctx()`. */
export class NatsRequestContext extends BaseRpcContext<[string, MsgHdrs | undefined, string]> {
  get subject(): string {
    return this.args[0];
  }

  /** All values of a header; the case of its name does not matter. */
  header(name: string): readonly string[] {
    const headers = this.args[1];
    const keys = headers?.keys().filter((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? [];
    return keys.flatMap((key) => headers!.values(key));
  }

  get requestId(): string {
    return this.args[2];
  }
}
