import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { NatsAway } from '#service-runtime/nats-connection.js';
import { renewLease } from '../store/lease.js';
import { movePosition } from '../store/position.js';
import { fenced } from '../store/transaction.js';
import { EventReader } from '../stream/event-reader.js';
import type { SourceMonitor } from '../stream/source-monitor.js';
import type { StreamMessage } from '../stream/stream-message.js';
import type { BatchOutcome } from './apply-batch.js';
import { applyOrPark } from './apply-or-park.js';
import type { BatchTarget } from './batch-target.js';
import type { LeaderContext } from './leader-context.js';
import type { Leadership } from './leadership.js';
import { ParkedLog } from './parked-log.js';
import { Patience } from './patience.js';
import { PlanAge } from './plan-age.js';
import { tracedBatch } from './traced-batch.js';

/** On an idle stream the projector renews the lease and confirms the freshness of the read model at this interval. */
export const IDLE_TICK_MS = 250;
/**
 * Counted in rows that events can touch, an estimate: this many tokens that enter a group take 0.3 to 0.4 s of processor time, up to 4 s if
 * other work competes for the processors.
 */
const MAX_BATCH_WEIGHT = 4_000;

/** Feeds the live generation: the messages that arrive while one batch is applied are the next batch. */
export class LiveFeed {
  private readonly plans: PlanAge;
  private readonly patience: Patience;
  private readonly parked: ParkedLog;

  constructor(
    private readonly connection: NatsConnection,
    private readonly leading: Leadership,
    private readonly context: LeaderContext,
    private readonly stopping: AbortSignal,
  ) {
    this.plans = new PlanAge(leading.client);
    this.patience = new Patience(leading.client, leading.statementTimeoutMs);
    this.parked = new ParkedLog(context.engine.logger);
  }

  /** Reads from the position of the live generation until that generation is replaced, or the process stops. @throws {SourceChanged} */
  async run(monitor: SourceMonitor, stream: string): Promise<void> {
    const { leading, context } = this;
    const { generation, sequence } = leading.position;
    const { lost } = context.engine.link;
    const reader = await this.open(stream, sequence + 1);
    try {
      // The stream may have been replaced before the reader existed; from now on the reader notices a replacement.
      await monitor.check(leading.position);
      context.state.enter('projecting');
      leading.isHalted = false;
      leading.onTask(() => reader.wake());
      context.engine.metrics.sourceIsFine();
      while (!this.stopping.aborted && leading.position.generation === generation) {
        // Messages from another connection may be of another stream.
        if (lost.aborted) throw new NatsAway();
        await this.step(reader, monitor);
      }
    } finally {
      await reader.close();
    }
  }

  /** Does a part of the deferred work, in turn with the batches. @returns whether there is more */
  async applyDeferred(): Promise<boolean> {
    const { deferred } = this.leading;
    if (deferred.pending > 0) {
      this.plans.keepFresh();
      await deferred.proceedOnce(this.target());
    }
    this.context.engine.metrics.deferred(deferred.pending);
    return deferred.pending > 0;
  }

  private async open(stream: string, sequence: number): Promise<EventReader> {
    const { projection, link } = this.context.engine;
    const opening = EventReader.open(projection, jetstream(this.connection), stream, sequence);
    try {
      return await link.answer(opening);
    } catch (error) {
      opening.then((reader) => reader.close()).catch(() => undefined);
      throw error;
    }
  }

  private async step(reader: EventReader, monitor: SourceMonitor): Promise<void> {
    const { leading } = this;
    const { generation } = leading.position;
    await leading.runTasks();
    // Another generation may be live now, of another stream, at another position or of another schema: the reader's messages are not for
    // it.
    if (leading.position.generation !== generation) return;
    monitor.askWithoutWaiting();
    const hasDeferred = await this.applyDeferred();
    const waitMs = hasDeferred || leading.hasTasks ? 0 : IDLE_TICK_MS;
    const { isCompacted } = monitor;
    const messages = await reader.next(waitMs, MAX_BATCH_WEIGHT, !isCompacted);
    if (messages.length === 0)
      return hasDeferred && !monitor.isDue ? undefined : this.confirmFreshness(reader, monitor);
    const { sequence } = messages[0]!;
    const isGap = sequence !== leading.position.sequence + 1 && !isCompacted;
    if (!isGap) await monitor.checkIfDue(leading.position);
    else {
      const { state } = await monitor.check(leading.position);
      if (!monitor.isCompacted && sequence > Math.max(state.first_seq, leading.position.sequence + 1))
        throw new Error(`the server left out messages before ${sequence} which the stream still holds`);
    }
    // The limit has just been lifted, and the batch was not cut at its gaps: each of them counts now.
    if (isCompacted && !monitor.isCompacted) return reader.giveBack(messages);
    const { count, gap, loss } = await monitor.overGaps(monitor.withLimit(leading.position), messages);
    leading.position = { ...monitor.withLimit(leading.position), gap };
    if (count > 0) await this.apply(messages.slice(0, count), monitor);
    if (loss) throw loss;
    reader.giveBack(messages.slice(count));
    this.context.progressed();
  }

  private async apply(messages: readonly StreamMessage[], monitor: SourceMonitor): Promise<void> {
    const { leading } = this;
    const { metrics, tracing } = this.context.engine;
    await monitor.ensureLeaderHoldsLast(messages.at(-1)!);
    this.plans.keepFresh();
    const startedAt = performance.now();
    const { position } = leading;
    const completeAt = (upTo: number) => monitor.completeAt(position, upTo);
    const committed = (outcome: BatchOutcome, part: readonly StreamMessage[]) => {
      leading.position = outcome.position;
      leading.deferred.pending += outcome.deferred.length;
      metrics.deferred(leading.deferred.pending);
      metrics.headSeen(outcome.position.sequence, monitor.headFrom(outcome.position));
      metrics.caughtUp(completeAt(outcome.position.sequence));
      metrics.batches.committed(outcome, part.length, (performance.now() - startedAt) / 1000, part.at(-1)!);
      this.parked.add(outcome.parked);
    };
    const traced = tracedBatch(position, messages);
    await tracing.batch(traced, () => applyOrPark({ ...this.target(), completeAt }, messages, committed));
    await this.patience.relax();
    this.plans.batchTook(performance.now() - startedAt);
  }

  private target(): BatchTarget {
    const { projection, client, lease, position } = this.leading;
    const fence = () => renewLease(client, lease);
    return { projection, client, position, fence, moreTime: () => this.giveMoreTime() };
  }

  /** The lease has run out meanwhile. But until the rollback no other projector could take it, so renewing it at once keeps it. */
  private async giveMoreTime(): Promise<boolean> {
    const { client, lease } = this.leading;
    await renewLease(client, lease);
    if (this.stopping.aborted) return false;
    const statementTimeoutMs = await this.patience.grow();
    this.context.engine.logger.warn({ statementTimeoutMs }, 'one event took too long: retrying with more time');
    return true;
  }

  /** Nothing has arrived: renews the lease, and if the stream has nothing beyond the position, records that in the read model. */
  private async confirmFreshness(reader: EventReader, monitor: SourceMonitor): Promise<void> {
    const { client, lease } = this.leading;
    const { metrics } = this.context.engine;
    const position = (this.leading.position = monitor.withLimit(this.leading.position));
    await monitor.checkEnd(position);
    reader.noteLeader(monitor.holdsMoreThan(position));
    metrics.headSeen(position.sequence, monitor.headFrom(position));
    const completeAt = monitor.completeAt(position, position.sequence);
    await fenced(client, lease, async () => {
      if (completeAt !== undefined) await movePosition(client, position, position, performance.now() - completeAt);
    });
    metrics.caughtUp(completeAt);
    this.context.progressed();
  }
}
