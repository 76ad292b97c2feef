import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DISK_FULL, sqlState } from '#read-model/postgres-errors.js';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { findStream } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import { dropUnused, GenerationJob } from '../rebuild/generation-job.js';
import { listGenerations, previousOf, recordEnd, saveJob } from '../rebuild/generations.js';
import { JobCancelled, JobFailed } from '../rebuild/job-ended.js';
import type { JobProgress } from '../rebuild/job-progress.js';
import type { ProjectorSettings } from '../settings.js';

const RETRY_MS = 1_000;

/** Carries a job out, whatever happens around it, and clears away what it leaves behind. */
export class JobWorker {
  constructor(
    private readonly leading: () => Leading | undefined,
    private readonly link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly logger: Logger,
  ) {}

  /**
   * Faults of the surroundings do not end a job: it goes on where it was, here or with the next leader. Never rejects.
   */
  async workUntilEnded(leading: Leading, progress: JobProgress): Promise<void> {
    for (let now: Leading | undefined = leading; now; now = this.leading()) {
      if (await this.tryOnce(now, progress)) return;
      await sleep(RETRY_MS * (0.5 + Math.random()));
    }
    progress.interrupted('this projector leads no more; the next leader goes on');
  }

  /** @returns whether the job has ended. Its end is told when nothing is left to clear away, so that the next one may begin. */
  private async tryOnce(leading: Leading, progress: JobProgress): Promise<boolean> {
    try {
      const message = await this.attempt(leading, progress);
      await this.carefully(this.tidyUp(message, progress), progress);
      progress.finish('done', message);
      return true;
    } catch (error) {
      const failure = asFailure(error);
      if (failure) {
        const state = failure instanceof JobCancelled ? 'cancelled' : 'failed';
        await this.carefully(this.clearAway(state, failure.message, progress), progress);
        progress.finish(state, failure.message);
        return true;
      }
      this.logger.error({ err: error, generation: progress.generation }, 'job interrupted, going on in a moment');
      progress.interrupted(`interrupted: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  private async carefully(work: Promise<void>, { generation }: JobProgress): Promise<void> {
    await work.catch((error: unknown) =>
      this.logger.error({ err: error, generation }, 'a generation nobody needs could not be dropped yet'),
    );
  }

  private async attempt(leading: Leading, progress: JobProgress): Promise<string> {
    const { generation } = progress;
    const generations = await leading.betweenBatches(({ client }) => listGenerations(client));
    const own = generations.find(({ number }) => number === generation);
    // The last attempt may have ended after its switch was committed and before that was known.
    if (own?.state === 'live') return `generation ${generation} is live`;
    if (!own) throw new JobFailed(`generation ${generation} is gone`);
    if (progress.ending) throw progress.ending;
    const { databaseUrl, stream } = this.settings;
    const connection = await this.link.connected();
    const info = await findStream(await jetstreamManager(connection), stream.stream);
    if (!info) throw new JobFailed(`the stream ${stream.stream} does not exist: there is nothing to read from`);
    const source = { stream: info.config.name, streamCreated: info.created, head: info.state.last_seq };
    // What an earlier attempt has remembered with it counts.
    const order = { ...progress.order, ...own.job };
    return new GenerationJob({ databaseUrl, connection, leading, source }, progress, order).run();
  }

  /** A verification needs its generation no more; a rebuild leaves the one it replaced, and none before that. */
  private async tidyUp(message: string, progress: JobProgress): Promise<void> {
    const { databaseUrl } = this.settings;
    if (progress.order.kind === 'verify') {
      await this.recordEnd('done', message, progress);
      return dropUnused(databaseUrl, progress.generation);
    }
    const generations = (await this.leading()?.betweenBatches(({ client }) => listGenerations(client))) ?? [];
    const kept = previousOf(generations);
    for (const { number, state } of generations)
      if (state === 'previous' && number !== kept?.number) await dropUnused(databaseUrl, number);
  }

  /** What a job that came to nothing leaves behind. */
  private async clearAway(state: 'failed' | 'cancelled', message: string, progress: JobProgress): Promise<void> {
    // First of all nobody must take the job up again.
    await this.recordEnd(state, message, progress);
    if (progress.order.kind !== 'rollback') await dropUnused(this.settings.databaseUrl, progress.generation);
  }

  private async recordEnd(state: 'done' | 'failed' | 'cancelled', message: string, progress: JobProgress) {
    await this.leading()?.betweenBatches(async ({ client }) => {
      await saveJob(client, progress.generation, null);
      await recordEnd(client, progress.asEnded(state, message));
    });
  }
}

/** What ends a job for good. A full disk does: going on would take the live generation's room. */
function asFailure(error: unknown): JobFailed | undefined {
  if (error instanceof JobFailed) return error;
  if (sqlState(error) !== DISK_FULL) return undefined;
  return new JobFailed(`the disk of the database is full: ${(error as Error).message}`);
}
