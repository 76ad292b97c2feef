import { Counter, Gauge, Registry } from 'prom-client';
import { processMetrics } from '#service-runtime/process-metrics.js';
import type { Pool } from 'pg';
import type { Exports } from './export-tokens/exports.js';
import type { ReadPools } from './reading/read-pools.js';

/** The metrics of the query app. */
export function queryMetrics({ queues, memory, prepared, planned, state }: ReadPools, exports: Exports): Registry {
  const registry = new Registry();
  processMetrics(registry);
  const common = { labelNames: ['requests'], registers: [registry] };
  const kinds = Object.entries(queues);
  new Gauge({
    name: 'query_requests_waiting',
    help: 'Requests that wait for their turn at the database, by kind: plain, search, resolve, changes, state.',
    ...common,
    collect() {
      for (const [requests, { waiting }] of kinds) this.set({ requests }, waiting);
    },
  });
  new Gauge({
    name: 'query_answer_bytes',
    help: 'Memory that answers take at the moment: read, built, or on their way to their readers.',
    registers: [registry],
    collect() {
      this.set(memory.held);
    },
  });
  exportsGauge(registry, exports);
  connectionsGauge(registry, { plain: prepared, search: planned, state });
  new Counter({
    name: 'query_requests_refused_total',
    help: 'Requests refused because it was not their turn in time, by kind: plain, search, resolve, changes, state.',
    ...common,
    collect() {
      this.reset();
      for (const [requests, { refusals }] of kinds) this.inc({ requests }, refusals);
    },
  });
  return registry;
}

function connectionsGauge(registry: Registry, pools: Readonly<Record<string, Pool>>): void {
  new Gauge({
    name: 'query_database_connections',
    help: 'Connections to the database, by kind of request (plain, search, state) and state (busy, idle).',
    labelNames: ['requests', 'state'],
    registers: [registry],
    collect() {
      for (const [requests, { totalCount, idleCount }] of Object.entries(pools)) {
        this.set({ requests, state: 'busy' }, totalCount - idleCount);
        this.set({ requests, state: 'idle' }, idleCount);
      }
    },
  });
}

function exportsGauge(registry: Registry, exports: Exports): void {
  new Gauge({
    name: 'query_exports_running',
    help: 'Exports that run at the moment, each on a connection to the database of its own.',
    registers: [registry],
    collect() {
      this.set(exports.running);
    },
  });
}
