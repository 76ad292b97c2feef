import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '#service-runtime/service-error.js';
import { Injectable } from '@nestjs/common';
import { Engine } from '../engine.js';
import type { JobOrder, JobStatus, JobRequest } from '../job.js';
import { NoLongerLeads, type Leadership } from '../run/leadership.js';
import { ProjectorState } from '../run/projector-state.js';
import { lastFinished } from '../store/jobs.js';
import { confirmLoss, storeRequest, type Stored } from '../store/job-requests.js';
import { endCancelled, endJobOfOtherRelease } from './abandoned-job.js';
import { beginJob, type StartOptions } from './begin-job.js';
import { jobToContinue, storedStatus, type Unfinished } from './unfinished-job.js';
import { JobReports } from './job-reports.js';
import type { JobProgress } from './job-progress.js';

const RETRY_MS = 1_000;

/** The number of rows that an operator accepts, and the generation that would become live. */
export interface Confirmation {
  readonly generation: number;
  readonly rows: number;
}

/** Operators' long jobs, each with its own generation: rebuild, roll-back, verification. The leader runs one at a time. */
@Injectable()
export class Jobs {
  private readonly reports: JobReports;
  /** Jobs begin one after the other: while one begins, no other beginning changes the stored jobs that it has read. */
  private lastBeginning: Promise<unknown> = Promise.resolve();
  /** The start time of the last job that this process left to another release. */
  private leftToOthers: string | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
  ) {
    this.reports = new JobReports(engine, state, () => {
      // This process may lead again already. When it began to lead, it found the old work still running.
      if (state.leading) void this.resume(state.leading);
    });
  }

  /** The job that this process works on. */
  get current(): JobStatus | undefined {
    return this.reports.status;
  }

  /** What an operator must do for the unfinished job, in words; undefined if it does not wait. */
  get waitsFor(): string | undefined {
    const job = this.current;
    return job?.state === 'waiting' ? `a ${job.kind} waits for an operator: ${job.message}` : undefined;
  }

  /** Reports a job that this process works on without leading. @returns a function that ends the reports */
  tellOf(progress: JobProgress): () => void {
    return this.reports.prepare(progress);
  }

  /** The unfinished job, whichever projector works on it, else the last finished one. */
  async status(): Promise<JobStatus | null> {
    const { pool, projection } = this.engine;
    return this.current ?? (await storedStatus(pool, projection)) ?? (await lastFinished(pool, projection));
  }

  /**
   * @throws {ServiceError} 409 while another job is unfinished, with its state, or if there is too little disk space; 404 for a stream that
   * does not exist; 503 if this process does not lead
   */
  start(order: JobOrder, options: StartOptions = {}): Promise<JobStatus> {
    return this.oneAfterAnother(async () => {
      refuseSecond(await this.continueOrFind());
      const leading = this.state.mustLead();
      return this.reports.begin(leading, await beginJob(this.engine, leading, order, options));
    });
  }

  /**
   * Starts a job because a setting asks for it: the stream has changed. If another job is unfinished, that one continues, and the result is
   * `undefined`.
   */
  startUnlessUnfinished(order: JobOrder, options: StartOptions): Promise<JobStatus | undefined> {
    return this.oneAfterAnother(async () => {
      await this.endAbandoned(endJobOfOtherRelease);
      if (await this.continueOrFind()) return undefined;
      const leading = this.state.mustLead();
      return this.reports.begin(leading, await beginJob(this.engine, leading, order, options));
    });
  }

  /** A new leader continues the job that a former leader left unfinished. Tries until the database has answered; never rejects. */
  async resume(leading: Leadership): Promise<void> {
    while (this.state.leading === leading) {
      try {
        return await this.oneAfterAnother(() => this.continueUnfinished(leading));
      } catch (error) {
        if (this.state.leading !== leading) return;
        this.engine.logger.warn({ err: error }, 'the unfinished job could not be read yet');
        await sleep(RETRY_MS * (0.5 + Math.random()));
      }
    }
  }

  /**
   * Stores a request for the projector that works on the unfinished job, now or after the next change of leader.
   * @param begin called directly before the request is stored; nothing is stored if it throws
   * @throws {ServiceError} 409 if no job is running, or if it is being cancelled
   */
  async request(requested: JobRequest, begin: () => void): Promise<JobStatus> {
    const { pool, projection } = this.engine;
    const job = this.current ?? (await storedStatus(pool, projection));
    begin();
    const stored = job && (await storeRequest(pool, projection, this.state.leading?.lease, job, requested));
    if (stored === 'cancelled')
      throw new ServiceError(409, 'It is being cancelled: begin another job when it has ended.');
    if (!stored || !isStored(stored)) throw new ServiceError(409, 'No job is running.');
    await this.reports.readRequests();
    if (requested === 'cancel') await this.endCancelled();
    return this.statusOf(job);
  }

  /**
   * Ends the unfinished job if it was cancelled and no projector works on it. To be called now and then: the one that was to end it may be
   * gone since.
   */
  endCancelled(): Promise<void> {
    return this.oneAfterAnother(() => this.endAbandoned(endCancelled));
  }

  /**
   * An operator accepts the loss that was shown. A larger loss needs a new confirmation.
   * @param begin see {@link request}
   * @throws {ServiceError} 409
   */
  async confirm({ generation, rows }: Confirmation, begin: () => void): Promise<JobStatus> {
    const { pool, projection } = this.engine;
    const job = this.current ?? (await storedStatus(pool, projection));
    begin();
    if (
      job?.generation !== generation ||
      !isStored(await confirmLoss(pool, projection, this.state.leading?.lease, job, rows))
    )
      throw new ServiceError(
        409,
        `No job waits to leave ${rows} ${projection.words.rows} by generation ${generation}: see ${projection.words.tool} rebuild status for what is so now.`,
      );
    await this.reports.readRequests();
    return this.statusOf(job);
  }

  /** @throws {ServiceError} 409 if it has ended and another one has begun */
  private async statusOf({ generation, startedAt }: JobStatus): Promise<JobStatus> {
    const status = await this.status();
    if (status?.generation !== generation || status.startedAt !== startedAt)
      throw new ServiceError(409, 'The job has just ended.');
    return status;
  }

  private oneAfterAnother<T>(beginning: () => Promise<T>): Promise<T> {
    const done = this.lastBeginning.then(beginning);
    this.lastBeginning = done.catch(() => undefined);
    return done;
  }

  /** Continues the unfinished job in this process, if this release can continue it. @returns the unfinished job, of whatever projector */
  private async continueOrFind(): Promise<JobStatus | undefined> {
    const leading = this.state.leading;
    if (leading) await this.continueUnfinished(leading);
    return this.current ?? storedStatus(this.engine.pool, this.engine.projection);
  }

  private async continueUnfinished(leading: Leadership): Promise<void> {
    if (this.reports.isRunning) return;
    const found = await leading.betweenBatches((leadership) => jobToContinue(this.engine, leadership));
    if (!found) return;
    if ('others' in found) return this.leaveToOthers(found.others);
    const { number: generation, job } = found.ours;
    this.engine.logger.info({ generation, job }, 'continuing an unfinished job');
    this.reports.begin(leading, { generation, job });
  }

  /** A leader looks every few seconds: it says so once for each job. */
  private leaveToOthers({ number: generation, schemaVersion, job: { startedAt } }: Unfinished): void {
    if (this.leftToOthers === startedAt) return;
    this.leftToOthers = startedAt;
    this.engine.logger.warn({ generation, schemaVersion }, 'another release must continue the unfinished job');
  }

  /** The job belongs to another release that is gone, so only the leader can end it. */
  private async endAbandoned(end: typeof endCancelled): Promise<void> {
    const leading = this.state.leading;
    if (leading && !this.reports.isRunning) await end(this.engine, leading);
  }
}

/** @throws {ServiceError} 503 if another projector leads */
function isStored(stored: Stored): boolean {
  if (stored === 'not in charge') throw new NoLongerLeads();
  return stored === 'stored';
}

function refuseSecond(status: JobStatus | undefined): void {
  if (!status) return;
  const { kind, state, phase, generation, position, target } = status;
  throw new ServiceError(
    409,
    `A ${kind} is ${state} already (generation ${generation}, ${phase}, ${position} of ${target}); ${state === 'waiting' ? 'confirm' : 'wait for'} it or cancel it.`,
  );
}
