import { setTimeout as sleep } from 'node:timers/promises';
import type { Projection } from '../projection.js';
import { EventRate } from './event-rate.js';
import { FoundDifferences } from './found-differences.js';
import { JobCancelled } from '../job-ended.js';
import { lossInWords } from './row-loss.js';
import type { JobPhase, JobRequest, JobStatus, StoredJob, RowLoss } from '../job.js';

const PAUSED_POLL_MS = 100;

/** How a job has ended. */
export interface JobEnd {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly message: string;
  /** It failed because the stream is not the one that the job was begun with. */
  readonly isStreamChanged?: boolean;
}

/** Keeps a job's status, and its rate over the last seconds. */
export class JobProgress {
  private state: 'running' | 'paused' | JobEnd['state'] = 'running';
  private phase: JobPhase;
  private source: string | null = null;
  private position = 0;
  private target = 0;
  private finishedAt: string | null = null;
  private readonly rate = new EventRate();
  readonly found = new FoundDifferences();
  private message: string | null = null;
  /** Set while the job waits for an operator to confirm it. */
  loss: RowLoss | null;
  /** The number of rows an operator has confirmed. */
  confirmedRows: number | undefined;
  /** The number of proofs that were made without messages which the stream has lost since. */
  outdatedProofs = 0;
  /** Set if the work must end before the job is done. */
  ending: Error | undefined;
  /** Set if the job is no longer stored: this worker, or another projector that led meanwhile, has recorded its end. */
  isGone = false;
  /** The end that the work has reached. It counts once it is recorded. */
  end: JobEnd | undefined;

  constructor(
    private readonly projection: Pick<Projection, 'words'>,
    readonly generation: number,
    readonly order: StoredJob,
  ) {
    this.phase = order.phase;
    this.loss = order.loss ?? null;
    this.confirmedRows = order.confirmedRows;
    this.request(order.requested);
  }

  /** Whether this is that job; a generation's number can be used again. */
  isOf(generation: number, { startedAt }: StoredJob): boolean {
    return this.generation === generation && this.order.startedAt === startedAt;
  }

  enter(phase: JobPhase): void {
    this.phase = phase;
    this.message = null;
  }

  /** Follows an operator. */
  request(requested: JobRequest): void {
    if (requested === 'cancel') this.ending = new JobCancelled('cancelled by an operator');
    else this.state = requested === 'pause' ? 'paused' : 'running';
  }

  /** @param source the stream of both sequences */
  reached(source: string | null, position: number, target: number): void {
    if (source !== this.source) this.rate.reset();
    this.source = source;
    this.position = position;
    this.target = target;
    this.message = null;
    this.rate.mark(position);
  }

  /** Everything is read, and events that change many rows are applied part by part. @param events that are not done */
  hasDeferred(events: number): void {
    const large = events === 1 ? '1 event that changes many rows is' : `${events} events that change many rows are`;
    this.message = `everything is read; ${large} applied part by part`;
  }

  /** The job will continue without an operator. */
  interrupted(message: string): void {
    this.message = message;
  }

  finish(state: JobEnd['state'], message: string): void {
    this.state = state;
    this.message = message;
    this.finishedAt = new Date().toISOString();
  }

  /** The status that the job will have with this end. */
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

  /** Whether the work should pause or end between two steps. */
  get isHeldUp(): boolean {
    return this.isPaused || this.ending !== undefined;
  }

  /** Whether an operator has agreed to as few rows as this loss leaves, or to fewer. */
  isConfirmed({ to }: RowLoss): boolean {
    return to >= (this.confirmedRows ?? Infinity);
  }

  /** Call it between two steps. @throws the error that ends the job */
  async pauseOrEnd(): Promise<void> {
    while (this.isPaused && !this.ending && !this.isGone) await sleep(PAUSED_POLL_MS);
    if (this.ending) throw this.ending;
    if (this.isGone) throw new Error('the job has been ended by another projector');
  }

  status(): JobStatus {
    const isReading = this.phase === 'filling' || this.phase === 'catching up';
    const eventsPerSecond = this.isFinished || !isReading ? 0 : this.rate.perSecond;
    const left = Math.max(0, this.target - this.position);
    // How long the rest takes is not known: events are applied part by part, or the live generation must come near.
    const isEtaKnown = this.phase === 'filling' && eventsPerSecond > 0 && left > 0;
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
      etaSeconds: isEtaKnown ? Math.ceil(left / eventsPerSecond) : null,
      startedAt,
      finishedAt: this.finishedAt,
      differences: this.found.count,
      untold: this.found.untold,
      examples: this.found.examples,
      message: this.message ?? this.confirmationText,
      loss: this.isWaiting ? this.loss : null,
    };
  }

  private get isWaiting(): boolean {
    return this.loss !== null && !this.isConfirmed(this.loss) && this.state === 'running' && !this.ending;
  }

  private get confirmationText(): string | null {
    if (!this.loss || !this.isWaiting) return null;
    const { tool } = this.projection.words;
    return `${lossInWords(this.projection, this.loss)}: "${tool} rebuild confirm" lets it switch, "${tool} rebuild cancel" keeps the list as it is`;
  }
}
