import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges that Prometheus takes for counters because of their names. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The usual metrics of a Node process. */
export function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
