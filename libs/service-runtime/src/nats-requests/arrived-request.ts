import type { Msg } from '@nats-io/transport-node';
import type { RequestTraces } from '../refusal-log.js';
import { requestId } from '../request-id.js';
import { traceIdOf, traceParentOf, type TraceParent } from '../tracing/trace-parent.js';
import { NatsRequestContext } from './nats-request-context.js';
import { RequestBody } from './request-body.js';
import { readHeaders } from './request-headers.js';

/** A NATS request from its arrival to its answer. */
export class ArrivedRequest {
  readonly arrivedAt = process.hrtime.bigint();
  readonly body: RequestBody;
  readonly context: NatsRequestContext;
  trace: TraceParent | undefined;

  constructor(
    readonly message: Msg,
    maxBodyBytes: number,
  ) {
    this.body = new RequestBody(message.data, maxBodyBytes);
    this.context = new NatsRequestContext([message.subject, undefined, requestId(undefined)]);
  }

  get id(): string {
    return this.context.requestId;
  }

  get traces(): RequestTraces {
    return { requestId: this.id, ...traceIdOf(this.trace) };
  }

  get ms(): number {
    return Number(process.hrtime.bigint() - this.arrivedAt) / 1e6;
  }

  /** @throws {ServiceError} 400 or 413 if headers or body cannot be read */
  open(): void {
    const args = this.context.getArgs();
    args[1] = readHeaders(this.message);
    args[2] = requestId(onlyOne(this.context.header('x-request-id')));
    const states = this.context.header('tracestate');
    this.trace = traceParentOf(onlyOne(this.context.header('traceparent')), states.join());
    if (this.body.isTooLarge) this.body.read();
  }
}

function onlyOne(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
