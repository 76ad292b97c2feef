import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine.js';
import type { Leadership } from '../run/leadership.js';
import type { ProjectorState } from '../run/projector-state.js';
import { listGenerations, previousOf } from '../store/generations.js';
import { endJob } from '../store/jobs.js';
import { checkLease } from '../store/lease.js';
import { fenced } from '../store/transaction.js';
import { dropUnused } from './drop-unused.js';
import type { JobEnd, JobProgress } from './job-progress.js';
import { publishProgress, publishStatus } from './progress-publisher.js';
import { followRequests } from './requested-state.js';
import { runPhases } from './run-phases.js';

const RETRY_MS = 1_000;

/** A job that this process works on, while it leads. */
export class RunningJob {
  /** The operators' requests about the job. */
  private readonly requests;

  constructor(
    private readonly engine: Engine,
    readonly progress: JobProgress,
    private readonly state: ProjectorState,
  ) {
    this.requests = followRequests(engine.pool, progress, engine.settings.databaseMaxBytes);
  }

  /** Reads the operators' requests now. */
  readRequests(): Promise<void> {
    return this.requests.now();
  }

  /**
   * Faults outside the job do not end it: it continues from where it was, here or with the next leader. Never rejects: the status says how
   * it ended.
   */
  async run(leading: Leadership): Promise<void> {
    const { progress, engine } = this;
    const quiet = publishProgress(engine, progress);
    try {
      for (let leadership: Leadership | undefined = leading; leadership; leadership = this.state.leading) {
        try {
          // An end counts once it is recorded. If recording failed, the next attempt records the same end and does not run the phases
          // again.
          progress.end ??= await runPhases(engine, leadership, progress);
          await this.record(leadership, progress.end);
        } catch (error) {
          engine.logger.error({ err: error, generation: progress.generation }, 'job interrupted, retrying in a moment');
          progress.interrupted(`interrupted: ${error instanceof Error ? error.message : String(error)}`);
          await sleep(RETRY_MS * (0.5 + Math.random()));
          continue;
        }
        await this.clearAway(leadership, progress.end);
        // Reported only when nothing is left to drop, so that the next job may begin.
        return progress.finish(progress.end.state, progress.end.message);
      }
      progress.interrupted('this projector no longer leads; the next leader continues');
    } finally {
      quiet();
      void this.requests.stop();
      publishStatus(engine, progress.status());
    }
  }

  /** A job that switched has already recorded its end with the switch. */
  private async record(leading: Leadership, { state, message, isStreamChanged }: JobEnd): Promise<void> {
    // A job that was ordered for a changed stream says nothing about the change by failing for another reason.
    const isSourceChanged = isStreamChanged || (leading.isHalted && this.progress.order.mustBeCompared !== false);
    const end = { ...this.progress.asEnded(state, message), isSourceChanged };
    await leading.betweenBatches(({ client, lease }) =>
      fenced(client, lease, () => endJob(client, this.engine.projection, end)),
    );
  }

  /** A failure is logged and does no harm: the housekeeper tries again. */
  private async clearAway(leading: Leadership, end: JobEnd): Promise<void> {
    const { logger, settings, projection } = this.engine;
    try {
      for (const generation of await this.leftOver(leading, end))
        await dropUnused(settings.databaseUrl, projection, generation, (client) => checkLease(client, leading.lease));
    } catch (error) {
      const { generation } = this.progress;
      logger.error({ err: error, generation }, 'an unneeded generation could not be dropped yet');
    }
  }

  /**
   * A verification no longer needs its generation, and a failed job's generation has no use. A rebuild keeps the generation that it
   * replaced, and drops older ones.
   */
  private async leftOver(leading: Leadership, { state }: JobEnd): Promise<number[]> {
    const { generation, order } = this.progress;
    const generations = await leading.betweenBatches(({ client }) => listGenerations(client, this.engine.projection));
    if (state !== 'done' || order.kind === 'verify') {
      // If another projector has ended the job, the generation may have become live since.
      const isUnused = generations.some(({ number, state }) => number === generation && state === 'building');
      return isUnused ? [generation] : [];
    }
    const kept = previousOf(generations);
    return generations.flatMap(({ number, state }) =>
      state === 'previous' && number !== kept?.number ? [number] : [],
    );
  }
}
