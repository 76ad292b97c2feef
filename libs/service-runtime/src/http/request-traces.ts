import type { FastifyRequest } from 'fastify';
import type { RequestTraces } from '../refusal-log.js';
import { traceIdOf, traceParentOf, type TraceParent } from '../tracing/trace-parent.js';
import type { RequestSpan } from '../tracing/tracing.js';

/** A request that is watched. */
interface Watched {
  span?: RequestSpan;
}

export function watchedBy(request: FastifyRequest & Watched, span: RequestSpan): void {
  request.span = span;
}

/** The place in a trace that the caller has sent. Node joins a header that comes twice, and then it is none. */
export function traceOf({ headers }: FastifyRequest): TraceParent | undefined {
  return traceParentOf(headers['traceparent'], headers['tracestate']);
}

/** The values by which the log is searched for a request. */
export function tracesOf(request: FastifyRequest & Watched): RequestTraces {
  const { id, span } = request;
  return { requestId: id, ...traceIdOf(span ?? traceOf(request)) };
}
