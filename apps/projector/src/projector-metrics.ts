import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SOURCE_MISMATCHES, type SourceMismatch } from './consume/source-changed.js';
import { millisecondsOf } from './consume/nanoseconds.js';
import { INTERRUPTION_REASONS } from './interruption-reason.js';
import type { BatchOutcome } from './project/apply-batch.js';
import type { Standing } from './watch/standing.js';

const SIZE_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000];
const BATCH_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300];

/** Everything the projector tells about itself at `/metrics`. What this process does not know has no sample: a 0 would look like good news. */
export class ProjectorMetrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];
  private isLeader = false;
  /** Whether it reads the stream: not on a standby, nor on a leader that is halted. */
  private isReading = false;
  /** Whether members of deleted groups are still to be changed. */
  private isSweeping = false;
  /** By the clock of `performance`. */
  private caughtUpAt: number | undefined;

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
  readonly deadLetters = this.gauge(
    'projector_dead_letters',
    'Messages parked in the dead letters; anything above 0 wants an operator.',
  );
  readonly groupSweeps = this.gauge(
    'projector_group_sweeps',
    'Deleted groups whose members are not all changed yet; the lag grows until they are.',
  );
  readonly generations = this.gauge(
    'projector_generations',
    'Copies of the read model in the database, by state: live, building, previous.',
    ['state'],
  );
  readonly generationBytes = this.gauge(
    'projector_generation_bytes',
    'What they take on the disk of the database, indexes included.',
    ['state'],
  );
  readonly interruptions = this.counter(
    'projector_interruptions_total',
    'Times projecting had to begin again from the stored position.',
    ['reason'],
  );
  readonly events = this.counter(
    'projector_events_total',
    'Messages by event type and outcome: applied, stale, skipped, parked.',
    ['type', 'outcome'],
  );
  readonly batchSize = this.histogram('projector_batch_size', 'Messages per batch.', SIZE_BUCKETS);
  readonly batchSeconds = this.histogram(
    'projector_batch_seconds',
    'From the start of a batch to its commit.',
    BATCH_SECONDS,
  );
  readonly commitLag = this.histogram(
    'projector_publish_to_commit_seconds',
    "From the storing of a batch's last message in the stream to its commit.",
    LAG_SECONDS,
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
    collectDefaultMetrics({ register: this.registry });
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

  /** The lag goes on from what is known of it: taking the lease has brought no event into the tables. */
  leads(epoch: number): void {
    this.isLeader = true;
    this.leader.set(1);
    this.epoch.set(epoch);
  }

  leadsNoMore(): void {
    this.isLeader = this.isReading = this.isSweeping = false;
    this.leader.set(0);
    this.epoch.set(0);
    this.forgetReading();
  }

  /** The database has been looked at. Who reads the stream knows better, except for what it has not come to know yet. */
  stands({ position, lagSeconds, staleBecause }: Standing): void {
    if (!this.isReading || this.caughtUpAt === undefined) this.caughtUpAt = performance.now() - lagSeconds * 1000;
    if (!this.isReading) this.position.set(position);
    if (this.isLeader) return;
    for (const mismatch of SOURCE_MISMATCHES)
      this.sourceChanged.set({ mismatch }, Number(staleBecause === `source-${mismatch}`));
  }

  /** The database could not be looked at: what was seen there before may not be so any more. The lag goes on growing. */
  forgetDatabase(): void {
    this.deadLetters.remove();
    this.generations.reset();
    this.generationBytes.reset();
    if (!this.isLeader) this.forgetPosition();
  }

  /** Only who reads the stream knows these. */
  private forgetReading(): void {
    this.forgetPosition();
    for (const gauge of [this.streamHead, this.lagEvents, this.differences, this.groupSweeps]) gauge.remove();
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

  /** @param at by `performance.now()`; undefined when nothing new is known */
  caughtUp(at: number | undefined): void {
    if (at !== undefined && !this.isSweeping) this.caughtUpAt = Math.max(this.caughtUpAt ?? at, at);
  }

  /** @param pending deleted groups with members that are still to be changed: until then nothing counts as caught up */
  sweeping(pending: number): void {
    this.isSweeping = pending > 0;
    this.groupSweeps.set(pending);
  }

  /** Halted: another generation may be live by now than the one that was read for. */
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

  committed(outcome: BatchOutcome, messages: number, seconds: number, last: { readonly storedAtNanos: bigint }): void {
    this.batchSize.observe(messages);
    this.batchSeconds.observe(seconds);
    this.commitLag.observe(Math.max(0, (Date.now() - millisecondsOf(last.storedAtNanos)) / 1000));
    for (const { type } of outcome.applied) this.events.inc({ type, outcome: 'applied' });
    for (const { type } of outcome.stale) this.events.inc({ type, outcome: 'stale' });
    // A label per unknown type would let a producer fill the memory of every scraper.
    if (outcome.skipped.length > 0) this.events.inc({ type: 'unknown', outcome: 'skipped' }, outcome.skipped.length);
    for (const { type } of outcome.parked) this.events.inc({ type: type ?? 'unknown', outcome: 'parked' });
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: this.registers });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: this.registers });
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: this.registers });
  }
}
