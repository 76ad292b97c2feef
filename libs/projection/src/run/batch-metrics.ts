import { Counter, Histogram, type Registry } from 'prom-client';
import { millisecondsOf } from '../stream/nanoseconds.js';
import type { BatchOutcome } from './apply-batch.js';

const SIZE_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000];
const BATCH_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300];

/** The metrics of batches. */
export class BatchMetrics {
  private readonly events: Counter;
  private readonly size: Histogram;
  private readonly seconds: Histogram;
  private readonly commitLag: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.events = new Counter({
      name: 'projector_events_total',
      help: 'Messages by event type and outcome: applied, stale, skipped, parked.',
      labelNames: ['type', 'outcome'],
      registers,
    });
    this.size = new Histogram({
      name: 'projector_batch_size',
      help: 'Messages per batch.',
      buckets: SIZE_BUCKETS,
      registers,
    });
    this.seconds = new Histogram({
      name: 'projector_batch_seconds',
      help: 'From the start of a batch to its commit.',
      buckets: BATCH_SECONDS,
      registers,
    });
    this.commitLag = new Histogram({
      name: 'projector_publish_to_commit_seconds',
      help: "From the storing of a batch's last message in the stream to its commit.",
      buckets: LAG_SECONDS,
      registers,
    });
  }

  committed(outcome: BatchOutcome, messages: number, seconds: number, last: { readonly storedAtNanos: bigint }): void {
    this.size.observe(messages);
    this.seconds.observe(seconds);
    this.commitLag.observe(Math.max(0, (Date.now() - millisecondsOf(last.storedAtNanos)) / 1000));
    for (const { type } of outcome.applied) this.events.inc({ type, outcome: 'applied' });
    for (const { type } of outcome.stale) this.events.inc({ type, outcome: 'stale' });
    // With a label per unknown type a producer could fill the memory of every scraper.
    if (outcome.skipped.length > 0) this.events.inc({ type: 'unknown', outcome: 'skipped' }, outcome.skipped.length);
    for (const { type } of outcome.parked) this.events.inc({ type: type ?? 'unknown', outcome: 'parked' });
  }
}
