import type { AccessLog } from './access-log.js';
import type { LeftRequest } from './left-request.js';
import type { RequestMetrics } from './request-metrics.js';

/** Everything that is told of each request, over both doors alike. */
export class RequestWatch {
  constructor(
    private readonly metrics: RequestMetrics,
    private readonly accessLog?: AccessLog,
  ) {}

  left(request: LeftRequest): void {
    if (request.status !== undefined) this.metrics.observe(request.request, request.door, request.status, request.ms);
    this.accessLog?.add(request);
  }
}
