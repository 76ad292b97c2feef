import { processMetrics } from '#service-runtime/process-metrics.js';
import { type Standing } from '../store/live-generation.js';
import { Counter, Gauge, Registry } from 'prom-client';
import { SOURCE_MISMATCHES, type SourceMismatch } from '../stream/source-changed.js';
import { INTERRUPTION_REASONS } from './interruption-reason.js';
import { BatchMetrics } from './batch-metrics.js';
import { DatabaseMetrics } from './database-metrics.js';

/** All metrics of the projector at `/metrics`. A value that this process does not know has no sample: a 0 would look like good news. */
export class ProjectorMetrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];
  private isLeader = false;
  /** Whether it reads the stream: a standby and a halted leader do not. */
  private isReading = false;
  /** Whether deferred work is left. */
  private hasDeferred = false;
  /** Measured by `performance.now()`. */
  private caughtUpAt: number | undefined;

  readonly batches = new BatchMetrics(this.registry);
  readonly database = new DatabaseMetrics(this.registry);
  readonly leader = this.gauge('projector_leader', '1 while this process holds the lease to write.');
  readonly epoch = this.gauge('projector_lease_epoch', 'Epoch of the lease this process holds, 0 while it holds none.');
  readonly position = this.gauge('projector_position', 'Stream sequence of the last message applied.');
  readonly streamHead = this.gauge('projector_stream_head', 'Last sequence of the stream, as last seen.');
  readonly lagEvents = this.gauge('projector_lag_events', 'Messages between the position and the head of the stream.');
  readonly sourceChanged = this.gauge(
    'projector_source_changed',
    '1 for the way in which the stream is not the one the position belongs to.',
    ['mismatch'],
  );
  readonly deferredWork = this.gauge(
    'projector_deferred_work',
    'Items, deleted groups for instance, whose rows are not all changed yet; the lag grows until they are.',
  );
  readonly interruptions = this.counter(
    'projector_interruptions_total',
    'Times projecting had to begin again from the stored position.',
    ['reason'],
  );
  readonly samples = this.counter(
    'projector_samples_total',
    'Messages of the stream compared with the read model, by result.',
    ['result'],
  );
  readonly differences = this.gauge(
    'projector_differences',
    'Differences between stream and read model found by sampling or by the last verification; anything above 0 wants an operator.',
  );

  constructor(reconnects: () => number) {
    processMetrics(this.registry);
    const { registers } = this;
    const caughtUpAt = () => this.caughtUpAt;
    new Gauge({
      name: 'projector_lag_seconds',
      help: 'Seconds since the read model was last known to hold everything the stream held.',
      registers,
      collect() {
        const since = caughtUpAt();
        if (since === undefined) this.remove();
        else this.set((performance.now() - since) / 1000);
      },
    });
    new Gauge({
      name: 'projector_nats_reconnects',
      help: 'Times the NATS connection was lost and made again.',
      registers,
      collect() {
        this.set(reconnects());
      },
    });
    for (const reason of INTERRUPTION_REASONS) this.interruptions.inc({ reason }, 0);
    this.forgetReading();
    this.forgetDatabase();
  }

  /** The lag continues from the known value: taking the lease has brought no event into the tables. */
  leads(epoch: number): void {
    this.isLeader = true;
    this.leader.set(1);
    this.epoch.set(epoch);
  }

  leadsNoMore(): void {
    this.isLeader = this.isReading = this.hasDeferred = false;
    this.leader.set(0);
    this.epoch.set(0);
    this.forgetReading();
  }

  /** Takes over values read from the database. A process that reads the stream knows better, except for values it does not know yet. */
  stands({ position, lagSeconds, staleBecause }: Standing): void {
    if (!this.isReading || this.caughtUpAt === undefined) this.caughtUpAt = performance.now() - lagSeconds * 1000;
    if (!this.isReading) this.position.set(position);
    if (this.isLeader) return;
    for (const mismatch of SOURCE_MISMATCHES)
      this.sourceChanged.set({ mismatch }, Number(staleBecause === `source-${mismatch}`));
  }

  /** The database could not be read: its earlier values may no longer be true. The lag continues to grow. */
  forgetDatabase(): void {
    this.database.forget();
    if (!this.isLeader) this.forgetPosition();
  }

  /** Only a process that reads the stream knows these. */
  private forgetReading(): void {
    this.forgetPosition();
    for (const gauge of [this.streamHead, this.lagEvents, this.differences, this.deferredWork]) gauge.remove();
  }

  private forgetPosition(): void {
    this.position.remove();
    this.sourceChanged.reset();
  }

  headSeen(position: number, head: number): void {
    this.position.set(position);
    this.streamHead.set(head);
    this.lagEvents.set(Math.max(0, head - position));
  }

  /** @param at by `performance.now()`; undefined if nothing new is known */
  caughtUp(at: number | undefined): void {
    if (at !== undefined && !this.hasDeferred) this.caughtUpAt = Math.max(this.caughtUpAt ?? at, at);
  }

  /** @param pending items of deferred work: while there are any, the read model does not count as caught up */
  deferred(pending: number): void {
    this.hasDeferred = pending > 0;
    this.deferredWork.set(pending);
  }

  /** The leader is halted: another generation may be live now than the one it read for. */
  readsNoMore(): void {
    this.isReading = false;
    for (const gauge of [this.streamHead, this.lagEvents]) gauge.remove();
  }

  sourceIsFine(): void {
    this.isReading = true;
    for (const mismatch of SOURCE_MISMATCHES) this.sourceChanged.set({ mismatch }, 0);
  }

  sourceHasChanged(found: SourceMismatch): void {
    this.readsNoMore();
    for (const mismatch of SOURCE_MISMATCHES) this.sourceChanged.set({ mismatch }, Number(mismatch === found));
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: this.registers });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: this.registers });
  }
}
