import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchOutcome } from './project/apply-batch.js';

/** Everything the projector tells about itself at `/metrics`. */
export class ProjectorMetrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  readonly position = this.gauge('projector_position', 'Stream sequence of the last message applied.');
  readonly streamHead = this.gauge('projector_stream_head', 'Last sequence of the stream, as last seen.');
  readonly lagEvents = this.gauge('projector_lag_events', 'Messages between the position and the head of the stream.');
  readonly leader = this.gauge('projector_leader', '1 while this process holds the lease to write.');
  readonly restarts = this.counter('projector_restarts_total', 'Times projecting began again after a failure.', [
    'reason',
  ]);
  readonly events = this.counter(
    'projector_events_total',
    'Messages by event type and what became of them: applied, stale, skipped, parked.',
    ['type', 'outcome'],
  );
  readonly batchSize = this.histogram(
    'projector_batch_size',
    'Messages per batch.',
    [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000],
  );
  readonly batchSeconds = this.histogram(
    'projector_batch_seconds',
    'From the start of a batch to its commit.',
    [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  );
  readonly commitLag = this.histogram(
    'projector_publish_to_commit_seconds',
    "From the storing of a batch's last message in the stream to its commit.",
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  committed(
    outcome: BatchOutcome,
    messages: number,
    seconds: number,
    last: { readonly storedAt: number; readonly pending: number },
  ): void {
    this.position.set(outcome.position.sequence);
    this.streamHead.set(outcome.position.sequence + last.pending);
    this.lagEvents.set(last.pending);
    this.batchSize.observe(messages);
    this.batchSeconds.observe(seconds);
    this.commitLag.observe(Math.max(0, (Date.now() - last.storedAt) / 1000));
    for (const { type } of outcome.applied) this.events.inc({ type, outcome: 'applied' });
    for (const { type } of outcome.stale) this.events.inc({ type, outcome: 'stale' });
    // A label per unknown type would let a producer fill the memory of every scraper.
    if (outcome.skipped.length > 0) this.events.inc({ type: 'unknown', outcome: 'skipped' }, outcome.skipped.length);
    if (outcome.parked.length > 0) this.events.inc({ type: 'unknown', outcome: 'parked' }, outcome.parked.length);
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: this.registers });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: this.registers });
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: this.registers });
  }
}
