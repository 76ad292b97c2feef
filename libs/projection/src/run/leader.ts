import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { renewLease } from '../store/lease.js';
import { liveSchemaVersion } from '../store/live-generation.js';
import { readPosition } from '../store/position.js';
import { SourceChanged } from '../stream/source-changed.js';
import { CreatedAgain, SourceMonitor } from '../stream/source-monitor.js';
import { createStreamIfMissing } from '../stream/stream.js';
import { gapToBeginWith } from '../stream/subject-limit.js';
import { beginWith, changeOfStream } from './follow-created.js';
import type { LeaderContext } from './leader-context.js';
import type { Leadership } from './leadership.js';
import { IDLE_TICK_MS, LiveFeed } from './live-feed.js';
import { warnOfRequestSubjects } from './request-subjects.js';
import { otherSchema, SchemaNotChanged } from './schema-differs.js';

/** A halted leader checks at this interval whether its stream is back. */
const HALTED_CHECK_MS = 5_000;
/** Servers that say different things of a stream must not make a leader begin again without end. */
const BEGIN_AGAIN_MS = 500;
/** A new leader continues an unfinished job within this time. */
const JOB_BEGINS_WITHIN_MS = 3_000;

/** The work of a projector while it holds the lease: project, or stay halted if the stream is not the one its position belongs to. */
export class Leader {
  private readonly feed: LiveFeed;
  /** The live generation when it was last looked at. */
  private generation: number;
  private isOver = false;

  constructor(
    connection: NatsConnection,
    private readonly leading: Leadership,
    private readonly context: LeaderContext,
    private readonly stopping: AbortSignal,
    private readonly manager: JetStreamManager,
  ) {
    this.feed = new LiveFeed(connection, leading, context, stopping);
    this.generation = leading.position.generation;
  }

  /**
   * Leads until the process stops, or until another release's generation has become live.
   * @throws on any failure except a changed source; the caller begins again from the stored position
   */
  static async lead(
    connection: NatsConnection,
    leading: Leadership,
    context: LeaderContext,
    stopping: AbortSignal,
  ): Promise<void> {
    const leader = new Leader(connection, leading, context, stopping, await jetstreamManager(connection));
    while (!stopping.aborted && !leader.isOver) {
      try {
        await leader.project();
      } catch (error) {
        if (error instanceof CreatedAgain) await sleep(BEGIN_AGAIN_MS);
        else if (error instanceof SourceChanged) await leader.halt(error);
        else throw error;
      }
    }
  }

  /** Feeds the live generation until another one becomes live, or the process stops. */
  private async project(): Promise<void> {
    const { leading, manager } = this;
    const { projection, settings, link, logger } = this.context.engine;
    const stored = (leading.position = await readPosition(leading.client, projection));
    const schemaVersion = await liveSchemaVersion(leading.client, projection);
    leading.isOtherSchema = schemaVersion !== projection.schemaVersion;
    const isReplaced = stored.generation !== this.generation;
    this.generation = stored.generation;
    if (leading.isOtherSchema)
      return isReplaced ? this.handBackLease(schemaVersion) : this.waitForSchemaJob(schemaVersion);
    // Once a position is stored, a missing stream is a loss to report. Creating a new stream would hide the loss.
    if (stored.streamCreated === null) await createStreamIfMissing(manager, settings.stream, logger);
    const monitor = new SourceMonitor(projection, manager, settings.stream.stream, link);
    const { config, created, state } = await monitor.checkAtStart(stored);
    const gap = gapToBeginWith(stored, state.last_seq);
    const position = (leading.position = {
      ...stored,
      stream: config.name,
      streamCreated: created,
      gap,
      doubts: [],
    });
    await beginWith(leading, logger, stored, position);
    await leading.deferred.countPending(leading);
    logger.info(
      { stream: config.name, generation: stored.generation, position: stored.sequence, head: state.last_seq },
      'projecting',
    );
    warnOfRequestSubjects(config, settings, logger);
    await this.feed.run(monitor, config.name);
  }

  /** A roll-back has put back a generation of another release: the projector of that release must be able to lead at once. */
  private handBackLease(schemaVersion: number): void {
    const { engine } = this.context;
    this.isOver = true;
    engine.logger.info(`handing the lease back: ${otherSchema(engine.projection, schemaVersion)}`);
  }

  /**
   * Writes nothing to the tables of another release, and keeps the lease for the job that replaces them. The job must know whether the
   * stream is still the one of the live generation: if it is not, there is nothing to compare with.
   */
  private async waitForSchemaJob(schemaVersion: number): Promise<void> {
    const { leading, stopping, context } = this;
    const { projection, settings } = context.engine;
    const { generation } = leading.position;
    const isStillLive = () => !stopping.aborted && leading.position.generation === generation;
    const reason = otherSchema(projection, schemaVersion);
    // First of all: another projector of this release knows by it that the job in hand is this one's.
    await leading.markStale('schema-version');
    for (let before: SourceChanged | undefined; isStillLive(); await this.waitForJob(reason, isStillLive)) {
      leading.position = await readPosition(leading.client, projection);
      const change = await changeOfStream(leading, context.engine, this.manager);
      if (before && !change && settings.rebuildOnSchemaChange)
        throw new SchemaNotChanged(`the stream is the one of the live generation again: ${reason}`);
      before = change;
      await leading.markStale('schema-version', change ? change.doubts(leading.position) : []);
      this.tellOfSchema(reason, change);
      context.continueJob();
    }
    leading.isChangingSchema = false;
  }

  private tellOfSchema(schemaDiffers: string, change: SourceChanged | undefined): void {
    const { leading, context } = this;
    const { logger, metrics } = context.engine;
    const reason = change ? `${schemaDiffers}; ${change.message}` : schemaDiffers;
    const { generation, sequence } = leading.position;
    if (context.state.enter('halted', reason))
      logger.warn({ generation, mismatch: change?.mismatch, position: sequence }, `halted: ${reason}`);
    leading.isHalted = change !== undefined;
    if (!change) return metrics.readsNoMore();
    context.halted(change);
    metrics.sourceHasChanged(change.mismatch);
  }

  private async waitForJob(reason: string, isStillLive: () => boolean): Promise<void> {
    const { leading, context, stopping } = this;
    const startedAt = performance.now();
    const waitedMs = () => performance.now() - startedAt;
    while (isStillLive() && waitedMs() < HALTED_CHECK_MS) {
      await leading.runTasks();
      await renewLease(leading.client, leading.lease);
      const mayHaveFailed = leading.isChangingSchema && waitedMs() > JOB_BEGINS_WITHIN_MS;
      if (mayHaveFailed && !context.isWorking()) throw new SchemaNotChanged(`the schema was not changed: ${reason}`);
      await leading.idle(IDLE_TICK_MS, stopping);
    }
  }

  /** Keeps the lease and answers operators, but reads nothing: reading on would lose or mix events without notice. */
  private async halt(change: SourceChanged): Promise<void> {
    const { leading, context, stopping } = this;
    const { logger, metrics } = context.engine;
    const { generation, sequence } = leading.position;
    if (context.state.enter('halted', change.message))
      logger.fatal({ mismatch: change.mismatch, position: sequence }, `halted: ${change.message}`);
    leading.isHalted = true;
    context.halted(change);
    metrics.sourceHasChanged(change.mismatch);
    await leading.markStale(`source-${change.mismatch}`, change.doubts(leading.position));
    const until = performance.now() + HALTED_CHECK_MS;
    await leading.deferred.countPending(leading);
    while (!stopping.aborted && performance.now() < until && leading.position.generation === generation) {
      await leading.runTasks();
      if (leading.position.generation !== generation) return;
      if (await this.feed.applyDeferred()) continue;
      await renewLease(leading.client, leading.lease);
      await leading.idle(IDLE_TICK_MS, stopping);
    }
  }
}
