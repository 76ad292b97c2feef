import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ReadTurns } from './reading/read-pools.js';

/** Everything the query app tells about itself at `/metrics`. */
export class QueryMetrics {
  readonly registry = new Registry();

  constructor(turns: ReadTurns) {
    collectDefaultMetrics({ register: this.registry });
    const common = { labelNames: ['requests'], registers: [this.registry] };
    const kinds = Object.entries(turns);
    new Gauge({
      name: 'query_requests_waiting',
      help: 'Requests that wait for their turn at the database, by kind: plain, search.',
      ...common,
      collect() {
        for (const [requests, { waiting }] of kinds) this.set({ requests }, waiting);
      },
    });
    new Counter({
      name: 'query_requests_refused_total',
      help: 'Requests refused because it was not their turn in time, by kind: plain, search.',
      ...common,
      collect() {
        this.reset();
        for (const [requests, { refusals }] of kinds) this.inc({ requests }, refusals);
      },
    });
  }
}
