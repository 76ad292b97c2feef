import { jetstreamManager } from '@nats-io/jetstream';
import type { Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import type { JobOrder, JobStatus, JobWish, StoredJob } from '#read-model/job.js';
import type { SourceChanged } from '../consume/source-changed.js';
import { ensureStream } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import { changeJob, lastFinished, listGenerations } from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';
import { PLAIN_REBUILD } from '../rebuild/plain-rebuild.js';
import type { ProjectorSettings } from '../settings.js';
import { jobInHand, storedStatus } from './job-in-hand.js';
import { JobMetrics } from './job-metrics.js';
import { JobWatch } from './job-watch.js';
import { JobWorker } from './job-worker.js';
import { NewJobs, type StartOptions } from './new-jobs.js';

const PUBLISH_EVERY_MS = 500;

/** Operators' long jobs over a generation of its own: rebuild, roll-back, verification. One at a time, by the leader. */
export class Jobs {
  private running: { readonly progress: JobProgress; readonly watch: JobWatch } | undefined;
  private shown: JobProgress | undefined;
  private isStarting = false;

  private readonly newJobs: NewJobs;
  private readonly worker: JobWorker;
  private readonly jobMetrics: JobMetrics;

  constructor(
    private readonly leading: () => Leading | undefined,
    private readonly pool: Pool,
    private readonly link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly metrics: ProjectorMetrics,
    private readonly logger: Logger,
  ) {
    this.jobMetrics = new JobMetrics(metrics.registry, () => this.current);
    this.newJobs = new NewJobs(pool, link, settings, logger);
    this.worker = new JobWorker(leading, link, settings, logger);
  }

  /** The job that this process works on. */
  get current(): JobStatus | undefined {
    return (this.running?.progress ?? this.shown)?.status();
  }

  /** Tells of a job that this process works on without leading. @returns what ends that */
  show(progress: JobProgress): () => void {
    this.shown = progress;
    const timer = setInterval(() => this.publish(progress.status()), PUBLISH_EVERY_MS);
    return () => {
      clearInterval(timer);
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
  async start(order: JobOrder, options: StartOptions = {}): Promise<JobStatus> {
    const leading = this.leader();
    if (this.isStarting) throw new ServiceError(409, 'A job is just being started; wait for it or cancel it.');
    this.isStarting = true;
    try {
      refuseSecond(this.current ?? (await storedStatus(this.pool)));
      const begun = await this.newJobs.begin(leading, order, options);
      return begun.end ?? this.run(leading, begun.generation, begun.job);
    } finally {
      this.isStarting = false;
    }
  }

  /**
   * Makes the read model anew from a stream that has taken the place of its own. Where the stream is gone altogether and may be
   * made, it is made, and the next check finds it to be another one.
   */
  async resynchronise({ mismatch }: SourceChanged): Promise<void> {
    if (this.running || this.isStarting) return;
    if (mismatch === 'missing') {
      const manager = await jetstreamManager(await this.link.connected());
      await ensureStream(manager, this.settings.stream, this.logger);
      return;
    }
    this.logger.warn({ mismatch }, 'rebuilding from the stream as it is now');
    await this.start({ ...PLAIN_REBUILD, acceptDifferences: true }, { isUnattended: true });
  }

  /** A new leader goes on with what a former one left unfinished. */
  async resume(leading: Leading): Promise<void> {
    const unfinished = jobInHand(await leading.betweenBatches(({ client }) => listGenerations(client)));
    if (!unfinished || this.running || this.isStarting) return;
    const { number, schemaVersion, job } = unfinished;
    if (schemaVersion !== SCHEMA_VERSION) {
      this.logger.warn({ generation: number, schemaVersion }, 'an unfinished job is for another release to go on with');
      return;
    }
    this.logger.info({ generation: number, job }, 'going on with an unfinished job');
    this.run(leading, number, job);
  }

  /** Tells whoever works on the job in hand, now and after the next change of leader. @throws {ServiceError} 409 without one */
  async wish(wish: JobWish): Promise<JobStatus> {
    const generation = (this.current ?? (await storedStatus(this.pool)))?.generation;
    if (generation === undefined || !(await changeJob(this.pool, generation, { wish })))
      throw new ServiceError(409, 'No job is running.');
    await this.running?.watch.look();
    const status = this.current ?? (await storedStatus(this.pool));
    if (!status) throw new ServiceError(409, 'The job has just ended.');
    return status;
  }

  private leader(): Leading {
    const leading = this.leading();
    if (!leading) throw new ServiceError(503, 'This projector does not lead; try again in a moment.');
    return leading;
  }

  private run(leading: Leading, generation: number, job: StoredJob): JobStatus {
    const progress = new JobProgress(job, generation);
    this.running = { progress, watch: new JobWatch(this.pool, progress, this.settings.databaseMaxBytes) };
    this.logger.info({ kind: job.kind, generation }, 'job begins');
    void this.carryOut(leading, this.running);
    return progress.status();
  }

  /** Never rejects: how a job ends is told by its status. */
  private async carryOut(leading: Leading, { progress, watch }: NonNullable<Jobs['running']>): Promise<void> {
    const timer = setInterval(() => this.publish(progress.status()), PUBLISH_EVERY_MS);
    try {
      await this.worker.workUntilEnded(leading, progress);
    } finally {
      clearInterval(timer);
      watch.stop();
      this.running = undefined;
      const end = progress.status();
      this.publish(end);
      const { kind, generation, state, differences, message } = end;
      if (progress.isFinished) this.ended(end);
      this.logger.info({ kind, generation, state, differences }, `job ended: ${message}`);
    }
  }

  private ended(end: JobStatus): void {
    this.jobMetrics.jobEnded(end);
    if (end.kind === 'verify' && end.state === 'done')
      this.metrics.differences.set(end.repair ? 0 : (end.differences ?? 0));
  }

  private publish(status: JobStatus): void {
    if (!this.link.isUp) return;
    const subject = `${this.settings.subjectPrefix}.${status.kind === 'verify' ? 'verify' : 'rebuild'}.progress`;
    void this.link.connected().then((connection) => connection.publish(subject, JSON.stringify(status)));
  }
}

function refuseSecond(status: JobStatus | undefined): void {
  if (!status) return;
  const { kind, state, phase, generation, position, target } = status;
  throw new ServiceError(
    409,
    `A ${kind} is ${state} already (generation ${generation}, ${phase}, ${position} of ${target}); wait for it or cancel it.`,
  );
}
