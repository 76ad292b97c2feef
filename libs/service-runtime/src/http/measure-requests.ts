import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RequestMetrics } from '../request-metrics.js';

/** A request that is another one than the path of its route says. */
export interface MeasuredRequest {
  measuredAs?: string;
}

/**
 * Measures the requests of some routes until the last byte of the answer is handed over. Runs before the routes are known.
 * @param names of the requests by the path of their route; every other path counts as `other`
 * @param unmeasured routes of which no caller is waiting, such as those of health checks
 */
export function measureRequests(
  app: NestFastifyApplication,
  metrics: RequestMetrics,
  names: Readonly<Record<string, string>>,
  unmeasured: RegExp,
): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? '';
      const name = (request as MeasuredRequest).measuredAs ?? names[route] ?? 'other';
      if (!unmeasured.test(route)) metrics.observe(name, 'http', reply.statusCode, reply.elapsedTime);
      done();
    });
}
