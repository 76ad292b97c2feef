import { jetstreamManager } from '@nats-io/jetstream';
import type { Client, Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import type { JobOrder, JobStatus, JobWish, StoredJob } from '#read-model/job.js';
import type { SourceChanged } from '../consume/source-changed.js';
import { ensureStream, findStream } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import {
  changeJob,
  createGeneration,
  lastFinished,
  listGenerations,
  previousOf,
  saveJob,
  type GenerationRow,
} from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';
import { switchGeneration } from '../rebuild/switch-generation.js';
import { positionOf } from '../consume/position.js';
import { PLAIN_REBUILD } from '../rebuild/plain-rebuild.js';
import { ensureRoom } from '../rebuild/room/ensure-room.js';
import type { ProjectorSettings } from '../settings.js';
import { JobMetrics } from './job-metrics.js';
import { JobWatch } from './job-watch.js';
import { JobWorker } from './job-worker.js';

const PUBLISH_EVERY_MS = 500;

export interface StartOptions {
  /** The operator knows that there is room. */
  readonly skipDiskCheck?: boolean;
}

/** Operators' long jobs over a generation of its own: rebuild, roll-back, verification. One at a time, by the leader. */
export class Jobs {
  private running: { readonly progress: JobProgress; readonly watch: JobWatch } | undefined;
  private shown: JobProgress | undefined;
  private isStarting = false;

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
    return this.current ?? (await this.unfinished()) ?? (await lastFinished(this.pool));
  }

  /**
   * @throws {ServiceError} 409 while another job is in hand, with its state, or where there is no room; 404 for a stream that is not
   * there; 503 when this process does not lead
   */
  async start(order: JobOrder, { skipDiskCheck = false }: StartOptions = {}): Promise<JobStatus> {
    const leading = this.leader();
    if (this.isStarting) throw new ServiceError(409, 'A job is just being started; wait for it or cancel it.');
    this.isStarting = true;
    try {
      refuseSecond(this.current ?? (await this.unfinished()));
      if (order.kind === 'verify' && leading.isOtherSchema)
        throw new ServiceError(409, 'The live generation is of another schema version: rebuild it first.');
      await this.checkStream(order);
      if (!skipDiskCheck) await this.ensureRoom(leading, order);
      const job: StoredJob = { ...order, startedAt: new Date().toISOString(), wish: 'run', phase: 'filling' };
      if (order.kind === 'rollback') {
        const end = await leading.betweenBatches((now) => goBackToOtherSchema(now, job));
        if (end) return end;
      }
      const generation = await leading.betweenBatches(({ client }) => begin(client, job));
      return this.run(leading, generation, job);
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
    await this.start({ ...PLAIN_REBUILD, acceptDifferences: true });
  }

  /** A new leader goes on with what a former one left unfinished. */
  async resume(leading: Leading): Promise<void> {
    const unfinished = inHand(await leading.betweenBatches(({ client }) => listGenerations(client)));
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
    const generation = (this.current ?? (await this.unfinished()))?.generation;
    if (generation === undefined || !(await changeJob(this.pool, generation, { wish })))
      throw new ServiceError(409, 'No job is running.');
    await this.running?.watch.look();
    const status = this.current ?? (await this.unfinished());
    if (!status) throw new ServiceError(409, 'The job has just ended.');
    return status;
  }

  private async unfinished(): Promise<JobStatus | undefined> {
    const client = await this.pool.connect();
    try {
      const found = inHand(await listGenerations(client));
      if (!found) return undefined;
      const progress = new JobProgress(found.job, found.number);
      progress.reached(null, found.position, 0);
      progress.interrupted('waits for a projector to go on with it');
      return progress.status();
    } finally {
      client.release();
    }
  }

  private leader(): Leading {
    const leading = this.leading();
    if (!leading) throw new ServiceError(503, 'This projector does not lead; try again in a moment.');
    return leading;
  }

  private async checkStream({ stream }: JobOrder): Promise<void> {
    if (stream === null) return;
    if (stream === this.settings.stream.stream)
      throw new ServiceError(
        409,
        `${stream} is the projector's own stream, which is read anyway: leave the stream out.`,
      );
    const found = await findStream(await jetstreamManager(await this.link.connected()), stream);
    if (!found) throw new ServiceError(404, `There is no stream ${stream}.`);
  }

  private async ensureRoom(leading: Leading, { kind }: JobOrder): Promise<void> {
    const client = await this.pool.connect();
    try {
      await ensureRoom(client, leading.position.generation, kind, this.settings.databaseMaxBytes);
    } finally {
      client.release();
    }
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

/** The one job that is not finished yet, if any. */
function inHand(generations: readonly GenerationRow[]): (GenerationRow & { readonly job: StoredJob }) | undefined {
  const found = generations.find(({ state, job }) => state !== 'live' && job !== null);
  return found?.job ? { ...found, job: found.job } : undefined;
}

function refuseSecond(status: JobStatus | undefined): void {
  if (!status) return;
  const { kind, state, phase, generation, position, target } = status;
  throw new ServiceError(
    409,
    `A ${kind} is ${state} already (generation ${generation}, ${phase}, ${position} of ${target}); wait for it or cancel it.`,
  );
}

/** Inside the leader's loop: nobody else begins one meanwhile. @returns the generation to work on */
async function begin(client: Client, job: StoredJob): Promise<number> {
  if (job.kind !== 'rollback') return createGeneration(client, job);
  const previous = previousOf(await listGenerations(client));
  if (!previous) throw new ServiceError(409, 'There is no previous generation to go back to.');
  await saveJob(client, previous.number, job);
  return previous.number;
}

/**
 * This release cannot write the previous generation, so it cannot bring it up to date. It goes live as it is, and the release that
 * it is of does the rest when it is started again.
 * @returns how that ended; undefined where the previous generation is of this release
 */
async function goBackToOtherSchema(leading: Leading, job: StoredJob): Promise<JobStatus | undefined> {
  const previous = previousOf(await listGenerations(leading.client));
  if (!previous || previous.schemaVersion === SCHEMA_VERSION) return undefined;
  const to = await positionOf(leading.client, previous.number);
  const message = `generation ${previous.number} is live at ${to.sequence}; the release of schema version ${previous.schemaVersion} goes on from there`;
  const end = new JobProgress({ ...job, phase: 'switching' }, previous.number).asEnded('done', message);
  await switchGeneration(leading.client, leading.lease, to, end);
  leading.position = to;
  return end;
}
