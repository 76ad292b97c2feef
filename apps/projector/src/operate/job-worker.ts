import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DISK_FULL, isFaultOfTheData, sqlState } from '#read-model/postgres-errors.js';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { findStream } from '../consume/stream.js';
import { fenced } from '../lead/fenced.js';
import type { Leading } from '../lead/leading.js';
import { checkLease } from '../lead/lease.js';
import { dropUnused } from '../rebuild/drop-unused.js';
import { GenerationJob } from '../rebuild/generation-job.js';
import { endJob, listGenerations, previousOf } from '../rebuild/generations.js';
import { JobCancelled, JobFailed } from '../rebuild/job-ended.js';
import type { JobEnd, JobProgress } from '../rebuild/job-progress.js';
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

  /**
   * An end counts once it is recorded; one that was reached and could not be recorded is not reached a second time.
   * @returns whether the job has ended. Its end is told when nothing is left to clear away, so that the next one may begin.
   */
  private async tryOnce(leading: Leading, progress: JobProgress): Promise<boolean> {
    try {
      progress.end ??= await this.endOf(leading, progress);
      await this.record(leading, progress, progress.end);
    } catch (error) {
      this.logger.error({ err: error, generation: progress.generation }, 'job interrupted, going on in a moment');
      progress.interrupted(`interrupted: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
    await this.clearAway(leading, progress).catch((error: unknown) =>
      this.logger.error(
        { err: error, generation: progress.generation },
        'a generation nobody needs could not be dropped yet',
      ),
    );
    progress.finish(progress.end.state, progress.end.message);
    return true;
  }

  /** @throws what interrupts the work; trying again may help */
  private async endOf(leading: Leading, progress: JobProgress): Promise<JobEnd> {
    try {
      return { state: 'done', message: await this.attempt(leading, progress) };
    } catch (error) {
      const failure = asFailure(error, progress);
      if (!failure) throw error;
      return { state: failure instanceof JobCancelled ? 'cancelled' : 'failed', message: failure.message };
    }
  }

  /** The end of a job that switched is recorded with the switch. */
  private async record(leading: Leading, progress: JobProgress, { state, message }: JobEnd): Promise<void> {
    await leading.betweenBatches(({ client, lease }) =>
      fenced(client, lease, () => endJob(client, progress.asEnded(state, message))),
    );
  }

  private async attempt(leading: Leading, progress: JobProgress): Promise<string> {
    const { generation } = progress;
    const generations = await leading.betweenBatches(({ client }) => listGenerations(client));
    const own = generations.find(({ number }) => number === generation);
    // The last attempt may have ended after its switch was committed and before that was known.
    if (own?.state === 'live') return `generation ${generation} is live`;
    if (!own?.job || !progress.isOf(generation, own.job))
      throw new JobFailed(`the job of generation ${generation} has been ended by another projector`);
    if (progress.ending) throw progress.ending;
    const { databaseUrl, stream, maxLossPercent } = this.settings;
    const connection = await this.link.connected();
    const info = await findStream(await jetstreamManager(connection), stream.stream);
    if (!info) throw new JobFailed(`the stream ${stream.stream} does not exist: there is nothing to read from`);
    const source = { stream: info.config.name, streamCreated: info.created, head: info.state.last_seq };
    // What an earlier attempt has remembered with it counts.
    const order = { ...progress.order, ...own.job };
    const surroundings = { databaseUrl, connection, leading, source, maxLossPercent, logger: this.logger };
    return new GenerationJob(surroundings, progress, order).run();
  }

  /**
   * A verification needs its generation no more, nor does anybody one that came to nothing; a rebuild leaves the one it replaced, and
   * none before that.
   */
  private async clearAway(leading: Leading, { generation, order, end }: JobProgress): Promise<void> {
    const drop = (number: number) =>
      dropUnused(this.settings.databaseUrl, number, (client) => checkLease(client, leading.lease));
    const isLeft = end?.state === 'done' && order.kind !== 'verify';
    const generations = await leading.betweenBatches(({ client }) => listGenerations(client));
    // Where another projector has ended the job, the generation may have been live since.
    const isUnused = generations.some(({ number, state }) => number === generation && state === 'building');
    if (!isLeft) return isUnused ? drop(generation) : undefined;
    const kept = previousOf(generations);
    for (const { number, state } of generations)
      if (state === 'previous' && number !== kept?.number) await drop(number);
  }
}

/**
 * What ends a job for good. A full disk does: going on would take the live generation's room. So does a row that PostgreSQL refuses for
 * its values; while indexes are made, that may be a former worker whose statement still runs.
 */
function asFailure(error: unknown, progress: JobProgress): JobFailed | undefined {
  if (error instanceof JobFailed) return error;
  if (sqlState(error) === DISK_FULL)
    return new JobFailed(`the disk of the database is full: ${(error as Error).message}`);
  const { phase } = progress.status();
  if (!isFaultOfTheData(error) || phase === 'indexing') return undefined;
  return new JobFailed(`PostgreSQL refused what was written while ${phase}: ${(error as Error).message}`);
}
