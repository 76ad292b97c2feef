import { Histogram, type Registry } from 'prom-client';

/** Seconds: from an answer out of memory to the longest that a request may wait. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Counts and times the requests of an app, over HTTP and NATS alike. */
export class RequestMetrics {
  private readonly seconds: Histogram<'request' | 'door' | 'status'>;

  /** @param app the beginning of the metric's name */
  constructor(registry: Registry, app: 'query' | 'projector') {
    this.seconds = new Histogram({
      name: `${app}_request_seconds`,
      help: 'Seconds from the arrival of a request to its answer, by request, door (http, nats) and status.',
      labelNames: ['request', 'door', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
  }

  /** @param request its name, the same over both doors */
  observe(request: string, door: 'http' | 'nats', status: number, ms: number): void {
    this.seconds.observe({ request, door, status }, ms / 1_000);
  }
}
