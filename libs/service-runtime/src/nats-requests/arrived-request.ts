import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import type { RequestTraces } from '../refusal-log.js';
import { requestId } from '../request-id.js';
import type { RequestWatch } from '../request-watch.js';
import type { ServiceError } from '../service-error.js';
import { traceIdOf, traceParentOf } from '../tracing/trace-parent.js';
import type { RequestSpan } from '../tracing/tracing.js';
import { NatsRequestContext } from './nats-request-context.js';
import { RequestBody } from './request-body.js';
import { readHeaders } from './request-headers.js';

/** A NATS request from its arrival to its answer. */
export class ArrivedRequest {
  readonly arrivedAt = process.hrtime.bigint();
  readonly body: RequestBody;
  readonly context: NatsRequestContext;
  readonly id: string;
  readonly span: RequestSpan;
  private unreadable: ServiceError | undefined;

  constructor(
    readonly message: Msg,
    maxBodyBytes: number,
    watch: RequestWatch,
  ) {
    const { subject, data } = message;
    const context = new NatsRequestContext([subject, this.headersOf(message), '']);
    this.id = context.getArgs()[2] = requestId(onlyOne(context.header('x-request-id')));
    const state = context.header('tracestate').join();
    this.span = watch.arrived(subject, traceParentOf(onlyOne(context.header('traceparent')), state));
    this.context = context;
    this.body = new RequestBody(data, maxBodyBytes);
  }

  /** The values by which the log is searched for it. */
  get traces(): RequestTraces {
    return { requestId: this.id, ...traceIdOf(this.span) };
  }

  get ms(): number {
    return Number(process.hrtime.bigint() - this.arrivedAt) / 1e6;
  }

  /** @throws {ServiceError} 400 or 413 if headers or body cannot be read */
  open(): void {
    if (this.unreadable) throw this.unreadable;
    if (this.body.isTooLarge) this.body.read();
  }

  /** A request whose headers cannot be read still has an id and an answer. */
  private headersOf(message: Msg): MsgHdrs | undefined {
    try {
      return readHeaders(message);
    } catch (error) {
      this.unreadable = error as ServiceError;
      return undefined;
    }
  }
}

function onlyOne(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
