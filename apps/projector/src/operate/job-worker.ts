import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { findStream } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import { dropUnused, GenerationJob } from '../rebuild/generation-job.js';
import { listGenerations, saveJob } from '../rebuild/generations.js';
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
      await this.carefully(this.tidyUp(progress), progress);
      progress.finish('done', message);
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof JobFailed) {
        await this.carefully(this.clearAway(progress), progress);
        progress.finish(error instanceof JobCancelled ? 'cancelled' : 'failed', message);
        return true;
      }
      this.logger.error({ err: error, generation: progress.generation }, 'job interrupted, going on in a moment');
      progress.interrupted(`interrupted: ${message}`);
      return false;
    }
  }

  private async carefully(work: Promise<void>, { generation }: JobProgress): Promise<void> {
    await work.catch((error: unknown) =>
      this.logger.error({ err: error, generation }, 'a generation nobody needs could not be dropped'),
    );
  }

  private async attempt(leading: Leading, progress: JobProgress): Promise<string> {
    const { generation } = progress;
    const generations = await leading.betweenBatches(({ client }) => listGenerations(client));
    const own = generations.find(({ number }) => number === generation);
    // The last attempt may have ended after its switch was committed and before that was known.
    if (own?.state === 'live') return `generation ${generation} is live`;
    if (!own) throw new JobFailed(`generation ${generation} is gone`);
    if (progress.isCancelled) throw new JobCancelled('cancelled by an operator');
    const { databaseUrl, stream } = this.settings;
    const connection = await this.link.connected();
    const info = await findStream(await jetstreamManager(connection), stream.stream);
    if (!info) throw new JobFailed(`the stream ${stream.stream} does not exist: there is nothing to read from`);
    const source = { stream: info.config.name, streamCreated: info.created, head: info.state.last_seq };
    return new GenerationJob({ databaseUrl, connection, leading, source }, progress).run();
  }

  /** A verification needs its generation no more; a rebuild leaves the one it replaced, and none before that. */
  private async tidyUp({ order, generation }: JobProgress): Promise<void> {
    const { databaseUrl } = this.settings;
    if (order.kind === 'verify') return dropUnused(databaseUrl, generation);
    const generations = (await this.leading()?.betweenBatches(({ client }) => listGenerations(client))) ?? [];
    const previous = generations.filter(({ state }) => state === 'previous');
    previous.sort((a, b) => Number(b.retiredAt) - Number(a.retiredAt));
    for (const { number } of previous.slice(1)) await dropUnused(databaseUrl, number);
  }

  /** What a job that came to nothing leaves behind. */
  private async clearAway({ order, generation }: JobProgress): Promise<void> {
    // First of all nobody must take the job up again.
    await this.leading()?.betweenBatches(({ client }) => saveJob(client, generation, null));
    if (order.kind !== 'rollback') await dropUnused(this.settings.databaseUrl, generation);
  }
}
