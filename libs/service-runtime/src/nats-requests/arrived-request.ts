import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import type { RequestTraces } from '../refusal-log.js';
import { requestId } from '../request-id.js';
import type { RequestWatch } from '../request-watch.js';
import type { ServiceError } from '../service-error.js';
import { traceIdOf, traceParentOf } from '../tracing/trace-parent.js';
import type { RequestSpan } from '../tracing/tracing.js';
import { NatsRequestContext } from './nats-request-context.js';
import { RequestBody } from './request-body.js';
import { readHeaders, type ReadHeaders } from './request-headers.js';

/** What is read of a request. */
export interface ReadParts {
  readonly maxBodyBytes: number;
  /** By their names in lower case. */
  readonly headers: ReadonlySet<string>;
}

/** Those that are read of every request. */
export const COMMON_HEADERS: readonly string[] = ['x-request-id', 'traceparent', 'tracestate'];

/** A NATS request from its arrival to its answer. It may wait for half a minute, so it does not keep the message. */
export class ArrivedRequest {
  readonly arrivedAt = process.hrtime.bigint();
  readonly body: RequestBody;
  readonly context: NatsRequestContext;
  readonly id: string;
  readonly span: RequestSpan;
  readonly respond: (json: Buffer, headers: MsgHdrs) => void;
  private unreadable: ServiceError | undefined;

  constructor(message: Msg, connection: NatsConnection, { maxBodyBytes, headers }: ReadParts, watch: RequestWatch) {
    const { subject, data, reply } = message;
    this.respond = (json, answered) => connection.publish(reply!, json, { headers: answered });
    const context = new NatsRequestContext([subject, this.headersOf(message, headers), '']);
    this.id = context.getArgs()[2] = requestId(onlyOne(context.takeHeader('x-request-id')));
    const state = context.takeHeader('tracestate').join();
    this.span = watch.arrived(subject, traceParentOf(onlyOne(context.takeHeader('traceparent')), state));
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
  private headersOf(message: Msg, names: ReadonlySet<string>): ReadHeaders {
    try {
      return readHeaders(message, names);
    } catch (error) {
      this.unreadable = error as ServiceError;
      return new Map();
    }
  }
}

function onlyOne(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
