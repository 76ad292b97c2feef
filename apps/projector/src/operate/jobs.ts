import type { Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import type { JobOrder, JobStatus, JobWish, StoredJob } from '#read-model/job.js';
import type { Leading } from '../lead/leading.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import { changeJob, confirmLoss, lastFinished, listGenerations } from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';
import type { ProjectorSettings } from '../settings.js';
import { endAbandoned } from './abandoned-job.js';
import { jobInHand, storedStatus } from './job-in-hand.js';
import { JobMetrics } from './job-metrics.js';
import { JobNews } from './job-news.js';
import { JobWatch } from './job-watch.js';
import { JobWorker } from './job-worker.js';
import { NewJobs, type StartOptions } from './new-jobs.js';
import type { Confirmation } from './operator.request.js';

const RETRY_MS = 1_000;

/** Operators' long jobs over a generation of its own: rebuild, roll-back, verification. One at a time, by the leader. */
export class Jobs {
  private running: { readonly progress: JobProgress; readonly watch: JobWatch } | undefined;
  private shown: JobProgress | undefined;
  /** Has reached its end under a leader that could not record it any more. */
  private unrecorded: JobProgress | undefined;
  /** Jobs begin one after the other: nothing that is found stored by one beginning is changed by another one meanwhile. */
  private lastTurn: Promise<unknown> = Promise.resolve();

  private readonly newJobs: NewJobs;
  private readonly worker: JobWorker;
  private readonly jobMetrics: JobMetrics;
  private readonly news: JobNews;

  constructor(
    private readonly leading: () => Leading | undefined,
    private readonly pool: Pool,
    link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly metrics: ProjectorMetrics,
    private readonly logger: Logger,
  ) {
    this.jobMetrics = new JobMetrics(metrics.registry, () => this.current);
    this.newJobs = new NewJobs(pool, link, settings, logger);
    this.worker = new JobWorker(leading, link, settings, logger);
    this.news = new JobNews(link, settings.subjectPrefix);
  }

  /** The job that this process works on. */
  get current(): JobStatus | undefined {
    return (this.running?.progress ?? this.shown)?.status();
  }

  /** What the job in hand waits for an operator to do, in words; undefined while it waits for none. */
  get waitsFor(): string | undefined {
    const job = this.current;
    return job?.state === 'waiting' ? `a ${job.kind} waits for an operator: ${job.message}` : undefined;
  }

  /** Tells of a job that this process works on without leading. @returns what ends that */
  show(progress: JobProgress): () => void {
    this.shown = progress;
    const quiet = this.news.tellOf(progress);
    return () => {
      quiet();
      this.shown = undefined;
    };
  }

  /** The job in hand, whoever works on it, else how the last one ended. */
  async status(): Promise<JobStatus | null> {
    return this.current ?? (await storedStatus(this.pool)) ?? (await lastFinished(this.pool));
  }

  /**
   * @throws {ServiceError} 409 while another job is in hand, with its state, or where there is no room; 404 for a stream that is not
   * there; 503 when this process does not lead
   */
  start(order: JobOrder, options: StartOptions = {}): Promise<JobStatus> {
    return this.inTurn(async () => {
      refuseSecond(await this.inHand());
      return this.begin(order, options);
    });
  }

  /** The same for what configuration asks for: where a job is in hand, that one goes on instead, and `undefined` is returned. */
  startUnlessInHand(order: JobOrder, options: StartOptions): Promise<JobStatus | undefined> {
    return this.inTurn(async () => ((await this.inHand()) ? undefined : this.begin(order, options)));
  }

  /** A new leader goes on with what a former one left unfinished. Tries until it has found out; never rejects. */
  async resume(leading: Leading): Promise<void> {
    while (this.leading() === leading) {
      try {
        return await this.inTurn(() => this.takeUp(leading));
      } catch (error) {
        if (this.leading() !== leading) return;
        this.logger.warn({ err: error }, 'an unfinished job could not be looked for yet');
        await sleep(RETRY_MS * (0.5 + Math.random()));
      }
    }
  }

  /** Tells whoever works on the job in hand, now and after the next change of leader. @throws {ServiceError} 409 without one */
  async wish(wish: JobWish): Promise<JobStatus> {
    const generation = (this.current ?? (await storedStatus(this.pool)))?.generation;
    if (generation === undefined || !(await changeJob(this.pool, generation, { wish })))
      throw new ServiceError(409, 'No job is running.');
    await this.running?.watch.look();
    if (wish === 'cancel') await this.inTurn(() => this.cancelAbandoned());
    const status = this.current ?? (await storedStatus(this.pool)) ?? (await lastFinished(this.pool));
    if (status?.generation !== generation) throw new ServiceError(409, 'The job has just ended.');
    return status;
  }

  /** What an operator agrees to, told as it was shown: more may have been lost since, and counts as not agreed to. @throws {ServiceError} 409 */
  async confirm({ generation, tokens }: Confirmation): Promise<JobStatus> {
    if (!(await confirmLoss(this.pool, generation, tokens)))
      throw new ServiceError(
        409,
        `No job waits to leave ${tokens} tokens by generation ${generation}: see tokenctl rebuild status for what is so now.`,
      );
    await this.running?.watch.look();
    const status = await this.status();
    if (!status) throw new ServiceError(409, 'The job has just ended.');
    return status;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.lastTurn.then(work);
    this.lastTurn = done.catch(() => undefined);
    return done;
  }

  /** What is stored as unfinished runs here from now on, where this release can go on with it. */
  private async inHand(): Promise<JobStatus | undefined> {
    const leading = this.leading();
    if (leading) await this.takeUp(leading);
    return this.current ?? storedStatus(this.pool);
  }

  private async begin(order: JobOrder, options: StartOptions): Promise<JobStatus> {
    const leading = this.leader();
    const begun = await this.newJobs.begin(leading, order, options);
    if (!begun.end) return this.run(leading, begun.generation, begun.job);
    this.ended(begun.end);
    return begun.end;
  }

  private async takeUp(leading: Leading): Promise<void> {
    if (this.running) return;
    const unfinished = jobInHand(await leading.betweenBatches(({ client }) => listGenerations(client)));
    if (!unfinished) return;
    const { number, schemaVersion, job } = unfinished;
    if (schemaVersion !== SCHEMA_VERSION) {
      this.logger.warn({ generation: number, schemaVersion }, 'an unfinished job is for another release to go on with');
      return;
    }
    this.logger.info({ generation: number, job }, 'going on with an unfinished job');
    this.run(leading, number, job);
  }

  /** Of another release, which is gone: nobody but the leader is left to obey. */
  private async cancelAbandoned(): Promise<void> {
    const leading = this.leading();
    if (leading && !this.running) await endAbandoned(leading, this.settings.databaseUrl);
  }

  private leader(): Leading {
    const leading = this.leading();
    if (!leading) throw new ServiceError(503, 'This projector does not lead; try again in a moment.');
    return leading;
  }

  private run(leading: Leading, generation: number, job: StoredJob): JobStatus {
    const known = this.unrecorded;
    const progress = known?.isOf(generation, job) ? known : new JobProgress(job, generation);
    this.unrecorded = undefined;
    this.running = { progress, watch: new JobWatch(this.pool, progress, this.settings.databaseMaxBytes) };
    this.logger.info({ kind: job.kind, generation }, 'job begins');
    void this.carryOut(leading, this.running);
    return progress.status();
  }

  /** Never rejects: how a job ends is told by its status. */
  private async carryOut(leading: Leading, { progress, watch }: NonNullable<Jobs['running']>): Promise<void> {
    const quiet = this.news.tellOf(progress);
    try {
      await this.worker.workUntilEnded(leading, progress);
    } finally {
      quiet();
      watch.stop();
      this.running = undefined;
      const end = progress.status();
      this.news.tell(end);
      if (progress.isFinished) this.ended(end);
      else this.leftUnfinished(progress, end);
    }
  }

  /** This process may lead again by now, and has found the job still running when it began to. */
  private leftUnfinished(progress: JobProgress, { kind, generation, message }: JobStatus): void {
    this.logger.info({ kind, generation }, `job left to the next leader: ${message}`);
    if (progress.end) this.unrecorded = progress;
    const leading = this.leading();
    if (leading) void this.resume(leading);
  }

  private ended(end: JobStatus): void {
    const { kind, generation, state, differences, message } = end;
    this.logger.info({ kind, generation, state, differences }, `job ended: ${message}`);
    this.jobMetrics.jobEnded(end);
    if (end.kind === 'verify' && end.state === 'done')
      this.metrics.differences.set((end.repair ? end.untold : end.differences) ?? 0);
  }
}

function refuseSecond(status: JobStatus | undefined): void {
  if (!status) return;
  const { kind, state, phase, generation, position, target } = status;
  throw new ServiceError(
    409,
    `A ${kind} is ${state} already (generation ${generation}, ${phase}, ${position} of ${target}); ${state === 'waiting' ? 'confirm' : 'wait for'} it or cancel it.`,
  );
}
