import { jetstreamManager } from '@nats-io/jetstream';
import type { Client } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { SourceChanged } from '../consume/source-changed.js';
import { ensureStream } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import { createGeneration, listGenerations, saveJob, type GenerationRow } from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';
import type { JobOrder, JobStatus } from '#read-model/job.js';
import type { ProjectorSettings } from '../settings.js';
import { JobWorker } from './job-worker.js';

const PUBLISH_EVERY_MS = 500;

/** Operators' long jobs over a generation of its own: rebuild, roll-back, verification. One at a time, by the leader. */
export class Jobs {
  private running: JobProgress | undefined;
  private last: JobStatus | undefined;
  private isStarting = false;

  private readonly worker: JobWorker;

  constructor(
    private readonly leading: () => Leading | undefined,
    private readonly link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly metrics: ProjectorMetrics,
    private readonly logger: Logger,
  ) {
    this.worker = new JobWorker(leading, link, settings, logger);
  }

  /** The job in hand, else the last one of this process. */
  get status(): JobStatus | undefined {
    return this.running?.status() ?? this.last;
  }

  /** @throws {ServiceError} 409 while another job is in hand, with its state; 503 when this process does not lead */
  async start(order: JobOrder): Promise<JobStatus> {
    const leading = this.leader();
    this.refuseSecond();
    this.isStarting = true;
    try {
      const generation = await leading.betweenBatches(({ client }) =>
        order.kind === 'rollback' ? takePrevious(client, order) : createGeneration(client, order),
      );
      return this.run(leading, generation, order);
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
    await this.start({ kind: 'rebuild', acceptDifferences: true, repair: false });
  }

  /** A new leader goes on with what a former one left unfinished. */
  async resume(leading: Leading): Promise<void> {
    const generations = await leading.betweenBatches(({ client }) => listGenerations(client));
    const unfinished = generations.find(({ state, job }) => state !== 'live' && job !== null);
    if (!unfinished || this.running || this.isStarting) return;
    this.logger.info({ generation: unfinished.number, job: unfinished.job }, 'going on with an unfinished job');
    this.run(leading, unfinished.number, unfinished.job as JobOrder);
  }

  cancel(): JobStatus {
    const progress = this.current();
    progress.isCancelled = true;
    return progress.status();
  }

  pause(isPaused: boolean): JobStatus {
    const progress = this.current();
    progress.set(isPaused ? 'paused' : 'running');
    return progress.status();
  }

  private leader(): Leading {
    const leading = this.leading();
    if (!leading) throw new ServiceError(503, 'This projector does not lead; try again in a moment.');
    return leading;
  }

  private current(): JobProgress {
    if (!this.running) throw new ServiceError(409, 'No job is running.');
    return this.running;
  }

  private refuseSecond(): void {
    if (this.isStarting) throw new ServiceError(409, 'A job is just being started; wait for it or cancel it.');
    const status = this.running?.status();
    if (!status) return;
    const { kind, state, phase, generation, position, target } = status;
    throw new ServiceError(
      409,
      `A ${kind} is ${state} already (generation ${generation}, ${phase}, ${position} of ${target}); wait for it or cancel it.`,
    );
  }

  private run(leading: Leading, generation: number, order: JobOrder): JobStatus {
    const progress = new JobProgress(order, generation);
    this.running = progress;
    this.logger.info({ kind: order.kind, generation }, 'job begins');
    void this.carryOut(leading, progress);
    return progress.status();
  }

  /** Never rejects: how a job ends is told by its status. */
  private async carryOut(leading: Leading, progress: JobProgress): Promise<void> {
    const timer = setInterval(() => this.publish(progress.status()), PUBLISH_EVERY_MS);
    try {
      await this.worker.workUntilEnded(leading, progress);
    } finally {
      clearInterval(timer);
      this.running = undefined;
      this.last = progress.status();
      this.publish(this.last);
      const { kind, state, differences, message } = this.last;
      if (kind === 'verify' && state === 'done')
        this.metrics.differences.set(progress.order.repair ? 0 : (differences ?? 0));
      this.logger.info({ kind, generation: progress.generation, state, differences }, `job ended: ${message}`);
    }
  }

  private publish(status: JobStatus): void {
    if (!this.link.isUp) return;
    const subject = `${this.settings.subjectPrefix}.${status.kind === 'verify' ? 'verify' : 'rebuild'}.progress`;
    void this.link.connected().then((connection) => connection.publish(subject, JSON.stringify(status)));
  }
}

const byRetirement = (a: GenerationRow, b: GenerationRow) => Number(a.retiredAt) - Number(b.retiredAt);

async function takePrevious(client: Client, order: JobOrder): Promise<number> {
  const previous = (await listGenerations(client))
    .filter(({ state }) => state === 'previous')
    .sort(byRetirement)
    .at(-1);
  if (!previous) throw new ServiceError(409, 'There is no previous generation to go back to.');
  await saveJob(client, previous.number, order);
  return previous.number;
}
