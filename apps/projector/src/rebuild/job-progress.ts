import { setTimeout as sleep } from 'node:timers/promises';
import { JobCancelled } from './job-ended.js';
import { lossInWords } from './token-loss.js';
import type { Difference, JobPhase, JobStatus, StoredJob, TokenLoss } from '#read-model/job.js';

const EXAMPLES = 20;
const RATE_WINDOW_MS = 5_000;
const PAUSED_POLL_MS = 100;

/** How a job has ended. */
export interface JobEnd {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly message: string;
}

/** Keeps a job's status, and its rate over the last seconds. */
export class JobProgress {
  private state: 'running' | 'paused' | JobEnd['state'];
  private phase: JobPhase;
  private source: string | null = null;
  private position = 0;
  private target = 0;
  private finishedAt: string | null = null;
  private differences: number | null = null;
  private untold: number | null = null;
  private readonly examples: Difference[] = [];
  private message: string | null = null;
  /** Set while it waits for an operator to confirm it. */
  loss: TokenLoss | null;
  /** The number of tokens an operator has confirmed. */
  confirmedTokens: number | undefined;
  /** Set when the work on it is to end before it is done. */
  ending: Error | undefined;
  /** Set when it is not stored any more: its end is, by this worker or by another projector that led meanwhile. */
  isGone = false;
  /** How the work on it came to its end, which counts once it is recorded. */
  end: JobEnd | undefined;
  private readonly marks: { readonly at: number; readonly position: number }[] = [];

  constructor(
    readonly order: StoredJob,
    readonly generation: number,
  ) {
    this.phase = order.phase;
    this.state = order.wish === 'pause' ? 'paused' : 'running';
    this.loss = order.loss ?? null;
    this.confirmedTokens = order.confirmedTokens;
    if (order.wish === 'cancel') this.cancel();
  }

  /** Whether this is that job; numbers of generations are used again. */
  isOf(generation: number, { startedAt }: StoredJob): boolean {
    return this.generation === generation && this.order.startedAt === startedAt;
  }

  enter(phase: JobPhase): void {
    this.phase = phase;
    this.message = null;
  }

  cancel(): void {
    this.ending = new JobCancelled('cancelled by an operator');
  }

  set(state: 'running' | 'paused'): void {
    this.state = state;
  }

  /** @param source the stream of both sequences */
  reached(source: string | null, position: number, target: number): void {
    if (source !== this.source) this.marks.length = 0;
    this.source = source;
    this.position = position;
    this.target = target;
    this.message = null;
    const now = performance.now();
    this.marks.push({ at: now, position });
    while (this.marks.length > 2 && now - this.marks[0]!.at > RATE_WINDOW_MS) this.marks.shift();
  }

  /** From here on differences are counted, from none. */
  comparing(): void {
    this.differences = 0;
    this.untold = 0;
    this.examples.length = 0;
  }

  found(difference: Difference): void {
    this.differences = (this.differences ?? 0) + 1;
    if (difference.isUntold) this.untold = (this.untold ?? 0) + 1;
    if (this.examples.length < EXAMPLES) this.examples.push(difference);
  }

  /** What a repair has left alone. */
  untoldLeft(rows: number): void {
    this.untold = rows;
  }

  /** It will go on by itself. */
  interrupted(message: string): void {
    this.message = message;
  }

  finish(state: JobEnd['state'], message: string): void {
    this.state = state;
    this.message = message;
    this.finishedAt = new Date().toISOString();
  }

  /** The status as it will be once the job has ended so. */
  asEnded(state: JobEnd['state'], message: string): JobStatus {
    return {
      ...this.status(),
      eventsPerSecond: 0,
      etaSeconds: null,
      state,
      message,
      finishedAt: new Date().toISOString(),
    };
  }

  get isFinished(): boolean {
    return this.finishedAt !== null;
  }

  get isPaused(): boolean {
    return this.state === 'paused';
  }

  /** Whether the work should rest or end, between two of its steps. */
  get isHeldUp(): boolean {
    return this.isPaused || this.ending !== undefined;
  }

  /** Called between two steps. @throws what ends the job */
  async pauseOrEnd(): Promise<void> {
    while (this.isPaused && !this.ending && !this.isGone) await sleep(PAUSED_POLL_MS);
    if (this.ending) throw this.ending;
    if (this.isGone) throw new Error('the job has been ended by another projector');
  }

  status(): JobStatus {
    const isReading = this.phase === 'filling' || this.phase === 'catching up';
    const eventsPerSecond = this.isFinished || !isReading ? 0 : this.rate();
    const left = Math.max(0, this.target - this.position);
    const { kind, acceptDifferences, acceptLoss, repair, removeUntold, stream, lastPerSubject, startedAt } = this.order;
    return {
      kind,
      acceptDifferences,
      acceptLoss: acceptLoss ?? false,
      repair,
      removeUntold,
      stream,
      lastPerSubject,
      state: this.isWaiting ? 'waiting' : this.state,
      phase: this.phase,
      generation: this.generation,
      source: this.source,
      position: this.position,
      target: this.target,
      eventsPerSecond,
      etaSeconds: this.phase === 'filling' && eventsPerSecond > 0 ? Math.ceil(left / eventsPerSecond) : null,
      startedAt,
      finishedAt: this.finishedAt,
      differences: this.differences,
      untold: this.untold,
      examples: this.examples,
      message: this.message ?? this.waitsFor,
      loss: this.isWaiting ? this.loss : null,
    };
  }

  private get isWaiting(): boolean {
    const isConfirmed = this.loss !== null && this.loss.to >= (this.confirmedTokens ?? Infinity);
    return this.loss !== null && !isConfirmed && this.state === 'running';
  }

  private get waitsFor(): string | null {
    if (!this.loss || !this.isWaiting) return null;
    return `${lossInWords(this.loss)}: "tokenctl rebuild confirm" lets it switch, "tokenctl rebuild cancel" keeps the list as it is`;
  }

  private rate(): number {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return Math.max(0, Math.round(((last.position - first.position) / (last.at - first.at)) * 1000));
  }
}
