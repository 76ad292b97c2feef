import type { AccessLog } from './access-log.js';
import type { LeftRequest } from './left-request.js';
import type { RequestMetrics } from './request-metrics.js';
import type { TraceParent } from './tracing/trace-parent.js';
import { NO_TRACING, type RequestSpan, type Tracing } from './tracing/tracing.js';

/** Everything that is told of each request, over both doors alike. */
export class RequestWatch {
  constructor(
    private readonly metrics: RequestMetrics,
    private readonly tracing: Tracing = NO_TRACING,
    private readonly accessLog?: AccessLog,
  ) {}

  arrived(name: string, from: TraceParent | undefined): RequestSpan {
    return this.tracing.request(name, from);
  }

  left(span: RequestSpan, request: LeftRequest): void {
    if (request.status !== undefined) this.metrics.observe(request.request, request.door, request.status, request.ms);
    this.accessLog?.add(request, span.traceId);
    span.left(request);
  }
}
