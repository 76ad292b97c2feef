import { Gauge, type Registry } from 'prom-client';
import type { Readiness } from './readiness.js';

/** What the health checks say, for monitoring. */
export function readinessGauge(registry: Registry, app: 'query' | 'projector', readiness: Readiness): void {
  new Gauge({
    name: `${app}_ready`,
    help: 'Whether requests may be sent here, by door: 1 where its health check would answer 200.',
    labelNames: ['door'],
    registers: [registry],
    collect() {
      this.set({ door: 'http' }, Number(readiness.report().ready));
      this.set({ door: 'nats' }, Number(readiness.report('nats').ready));
    },
  });
}
