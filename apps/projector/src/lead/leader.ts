import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#service-runtime/logger.js';
import { NatsAway, type NatsLink } from '#service-runtime/nats-connection.js';
import { takesRequests } from '#service-runtime/settings/reply-subjects.js';
import { EventReader } from '../consume/event-reader.js';
import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import { liveSchemaVersion, markStale, movePosition, readPosition } from '../consume/position.js';
import { SourceChanged } from '../consume/source-changed.js';
import { SourceWatch } from '../consume/source-watch.js';
import { beginning } from '../consume/subject-limit.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { ensureStream } from '../consume/stream.js';
import type { Poison } from '../dead-letters/park.js';
import { applyOrPark } from '../project/apply-or-park.js';
import type { BatchTarget } from '../project/batch-target.js';
import { MEMBERS_AT_ONCE } from '../project/group-sweeps.js';
import { PlanAge } from '../project/plan-age.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import type { ProjectorState } from '../projector-state.js';
import type { ProjectorSettings } from '../settings.js';
import { fenced } from './fenced.js';
import type { Leading } from './leading.js';
import { Patience } from './patience.js';
import { renewLease } from './lease.js';
import { otherSchema, SchemaNotChanged } from './schema-differs.js';

/** On an idle stream the lease is renewed and the freshness of the read model confirmed this often. */
const IDLE_TICK_MS = 250;
/** Of rows that can be touched. Estimated: that many tokens which enter a group take 0.3 to 0.4 s of processors, up to 4 s where others want these too. */
const MAX_BATCH_WEIGHT = 4_000;
/** Where every missing sequence is a loss, all that has arrived is whole. */
const WHOLE = { count: Infinity, gap: undefined, loss: undefined };
const REPORTED_PER_BATCH = 25;
/** A halted leader looks this often whether its stream is back. */
const HALTED_CHECK_MS = 5_000;
/** A job in hand is taken up within moments of beginning to lead. */
const JOB_BEGINS_WITHIN_MS = 3_000;

interface LeaderEvents {
  /** Something worked: there is no row of failures. */
  readonly progressed: () => void;
  /** The stream turned out not to be the one the position belongs to. Told again at every check. */
  readonly halted: (change: SourceChanged) => void;
  /** Whether this process works on a job. */
  readonly isWorking: () => boolean;
}

export interface LeaderSurroundings {
  readonly settings: ProjectorSettings;
  readonly link: NatsLink;
  readonly state: ProjectorState;
  readonly metrics: ProjectorMetrics;
  readonly logger: Logger;
  readonly events: LeaderEvents;
}

/** What a projector does while it holds the lease: project, or stand halted before a stream that is not ours. */
export class Leader {
  private readonly plans: PlanAge;
  private readonly patience: Patience;
  private stopping: AbortSignal | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly leading: Leading,
    private readonly around: LeaderSurroundings,
  ) {
    this.plans = new PlanAge(leading.client);
    this.patience = new Patience(leading.client, leading.statementTimeoutMs);
  }

  /** @throws on any failure but a changed source; the caller begins again from the stored position */
  async lead(stopping: AbortSignal): Promise<void> {
    this.stopping = stopping;
    const manager = await jetstreamManager(this.connection);
    while (!stopping.aborted) {
      try {
        await this.project(manager, stopping);
      } catch (error) {
        if (!(error instanceof SourceChanged)) throw error;
        await this.halt(error, stopping);
      }
    }
  }

  /** Reads on from the position of the live generation until that generation is replaced, or stopping. */
  private async project(manager: JetStreamManager, stopping: AbortSignal): Promise<void> {
    const { leading } = this;
    const stored = (leading.position = await readPosition(leading.client));
    const schemaVersion = await liveSchemaVersion(leading.client);
    leading.isOtherSchema = schemaVersion !== SCHEMA_VERSION;
    if (leading.isOtherSchema) return this.holdOff(schemaVersion, stopping);
    // Once a position is stored, a missing stream is a loss to be told, not one to be covered up by a new stream.
    if (stored.streamCreated === null) await ensureStream(manager, this.around.settings.stream, this.around.logger);
    const { lost } = this.around.link;
    const watch = new SourceWatch(manager, this.around.settings.stream.stream, this.around.link);
    const info = await watch.check(stored);
    const gap = stored.sequence === 0 ? beginning(info.state.last_seq) : (stored.gap ?? null);
    leading.position = { ...stored, stream: info.config.name, streamCreated: info.created, gap };
    await this.write(async ({ client, position }) => {
      if (stored.streamCreated === null) await movePosition(client, stored, position, null);
      await markStale(client, stored.generation, null);
    });
    await leading.sweeper.look(leading);
    const reader = await this.open(info.config.name, stored.sequence + 1);
    this.around.logger.info(
      { stream: info.config.name, generation: stored.generation, position: stored.sequence, head: info.state.last_seq },
      'projecting',
    );
    this.tellOfRequests(info.config.subjects);
    try {
      // The stream may have been replaced before the reader was there; now it cannot change unnoticed by the reader.
      await watch.check(leading.position);
      this.around.state.enter('projecting');
      leading.isHalted = false;
      this.around.metrics.sourceIsFine();
      while (!stopping.aborted && leading.position.generation === stored.generation) {
        // What comes over another connection may be of another stream.
        if (lost.aborted) throw new NatsAway();
        await this.step(reader, watch);
      }
    } finally {
      await reader.close();
    }
  }

  /** A stream that was there already need not have the subjects of the settings. */
  private tellOfRequests(subjects: readonly string[] = []): void {
    const { logger, settings } = this.around;
    if (!takesRequests(settings.subjectPrefix, subjects)) return;
    logger.error(
      { stream: settings.stream.stream, subjects },
      `the stream takes the requests on ${settings.subjectPrefix}.list and its like: the server answers them before the apps do, and keeps them as events; give it other subjects, or set NATS_SUBJECT_PREFIX`,
    );
  }

  private async open(stream: string, sequence: number): Promise<EventReader> {
    const opening = EventReader.open(jetstream(this.connection), stream, sequence);
    try {
      return await this.around.link.answer(opening);
    } catch (error) {
      opening.then((reader) => reader.close()).catch(() => undefined);
      throw error;
    }
  }

  private async step(reader: EventReader, watch: SourceWatch): Promise<void> {
    const { leading } = this;
    const { generation } = leading.position;
    await leading.runTasks();
    // Another generation may be live by now, of another stream, at another position or of another schema: what was read is not for it.
    if (leading.position.generation !== generation) return;
    watch.lookAhead();
    const isSweeping = await this.sweep();
    const messages = await reader.next(isSweeping ? 0 : IDLE_TICK_MS, MAX_BATCH_WEIGHT, !watch.isCompacted);
    if (messages.length === 0) return isSweeping && !watch.isDue ? undefined : this.confirmFreshness(reader, watch);
    const { sequence } = messages[0]!;
    const isGap = sequence !== leading.position.sequence + 1 && !watch.isCompacted;
    if (!isGap) await watch.checkIfDue(leading.position);
    else {
      const { state } = await watch.check(leading.position);
      if (!watch.isCompacted && sequence > Math.max(state.first_seq, leading.position.sequence + 1))
        throw new Error(`the server left out messages before ${sequence} which the stream still holds`);
    }
    const { count, gap, loss } = watch.isCompacted ? await watch.overGaps(leading.position, messages) : WHOLE;
    if (gap !== undefined) leading.position = { ...leading.position, gap };
    if (count > 0) await this.apply(messages.slice(0, count), watch);
    if (loss) throw loss;
    this.around.events.progressed();
  }

  private async apply(messages: readonly StreamMessage[], watch: SourceWatch): Promise<void> {
    const { leading } = this;
    await watch.makeSureOf(messages.at(-1)!);
    this.plans.keepFresh();
    const startedAt = performance.now();
    const { position } = leading;
    const completeAt = (upTo: number) => watch.completeAt(position, upTo);
    await applyOrPark({ ...this.target(), completeAt }, messages, (outcome, part) => {
      leading.position = outcome.position;
      leading.sweeper.pending += outcome.sweeps.length;
      this.around.metrics.sweeping(leading.sweeper.pending);
      this.around.metrics.headSeen(outcome.position.sequence, watch.headFrom(outcome.position));
      this.around.metrics.caughtUp(completeAt(outcome.position.sequence));
      this.around.metrics.committed(outcome, part.length, (performance.now() - startedAt) / 1000, part.at(-1)!);
      this.reportParked(outcome.parked);
    });
    await this.patience.relax();
    this.plans.batchTook(performance.now() - startedAt);
  }

  private target(): BatchTarget {
    const { client, lease, position } = this.leading;
    const fence = () => renewLease(client, lease);
    return { client, position, fence, membersAtOnce: MEMBERS_AT_ONCE, moreTime: () => this.giveMoreTime() };
  }

  /** The lease has run out meanwhile, but nobody could take it before the transaction was rolled back: renewed at once, it stays ours. */
  private async giveMoreTime(): Promise<boolean> {
    const { client, lease } = this.leading;
    await renewLease(client, lease);
    if (this.stopping?.aborted) return false;
    const statementTimeoutMs = await this.patience.grow();
    this.around.logger.warn({ statementTimeoutMs }, 'one event took too long: it is given more time');
    return true;
  }

  /** A part of the members of deleted groups, in turn with the batches. @returns whether there are more */
  private async sweep(): Promise<boolean> {
    const { sweeper } = this.leading;
    if (sweeper.pending > 0) {
      this.plans.keepFresh();
      await sweeper.sweepOnce(this.target());
    }
    this.around.metrics.sweeping(sweeper.pending);
    return sweeper.pending > 0;
  }

  /** All of them are in the dead letters; a flood must not drown the log as well. */
  private reportParked(parked: readonly Poison[]): void {
    const { logger } = this.around;
    for (const { message, reason, eventId, tokenId } of parked.slice(0, REPORTED_PER_BATCH)) {
      const { sequence, subject } = message;
      logger.warn({ sequence, subject, eventId, tokenId, reason }, 'parked a message that cannot be applied');
    }
    const more = parked.length - REPORTED_PER_BATCH;
    if (more > 0) logger.warn({ parked: more }, 'parked more messages that cannot be applied: see the dead letters');
  }

  /** Nothing has arrived: renew the lease, and where the stream has nothing beyond the position, say so in the read model. */
  private async confirmFreshness(reader: EventReader, watch: SourceWatch): Promise<void> {
    const { position } = this.leading;
    await watch.lookAt(position);
    reader.leaderHoldsMore(watch.holdsMoreThan(position));
    this.around.metrics.headSeen(position.sequence, watch.headFrom(position));
    const completeAt = watch.completeAt(position, position.sequence);
    await this.write(async ({ client }) => {
      if (completeAt !== undefined) await movePosition(client, position, position, performance.now() - completeAt);
    });
    this.around.metrics.caughtUp(completeAt);
    this.around.events.progressed();
  }

  /** Whatever a leader says of the live generation is written under its lease, or not at all. */
  private write(work: (leading: Leading) => Promise<void>): Promise<void> {
    const { leading } = this;
    return fenced(leading.client, leading.lease, () => work(leading));
  }

  /** Writes nothing to the tables of another release, and keeps the lease for the job that replaces them. */
  private async holdOff(schemaVersion: number, stopping: AbortSignal): Promise<void> {
    const { leading, around } = this;
    const { generation } = leading.position;
    const reason = otherSchema(schemaVersion);
    if (around.state.enter('halted', reason)) around.logger.warn({ generation }, `halted: ${reason}`);
    around.metrics.readsNoMore();
    await this.write(({ client }) => markStale(client, generation, 'schema-version'));
    const startedAt = performance.now();
    while (!stopping.aborted && leading.position.generation === generation) {
      await leading.runTasks();
      await renewLease(leading.client, leading.lease);
      const mayHaveFailed = leading.isChangingSchema && performance.now() - startedAt > JOB_BEGINS_WITHIN_MS;
      if (mayHaveFailed && !around.events.isWorking())
        throw new SchemaNotChanged(`the schema was not changed: ${reason}`);
      await sleep(IDLE_TICK_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
    leading.isChangingSchema = false;
  }

  /** Keeps the lease and serves operators, but reads nothing: going on would lose or mix events without anybody knowing. */
  private async halt(change: SourceChanged, stopping: AbortSignal): Promise<void> {
    const { leading } = this;
    const { generation } = leading.position;
    if (this.around.state.enter('halted', change.message)) {
      this.around.logger.fatal(
        { mismatch: change.mismatch, position: leading.position.sequence },
        `halted: ${change.message}`,
      );
    }
    leading.isHalted = true;
    this.around.events.halted(change);
    this.around.metrics.sourceHasChanged(change.mismatch);
    await this.write(({ client }) => markStale(client, generation, `source-${change.mismatch}`));
    const until = performance.now() + HALTED_CHECK_MS;
    await leading.sweeper.look(leading);
    while (!stopping.aborted && performance.now() < until && leading.position.generation === generation) {
      await leading.runTasks();
      if (leading.position.generation !== generation) return;
      if (await this.sweep()) continue;
      await renewLease(leading.client, leading.lease);
      await sleep(IDLE_TICK_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
