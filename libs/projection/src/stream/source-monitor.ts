import { type Gap, type Position } from './position.js';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { Projection } from '../projection.js';
import { ensureLeaderHolds } from './leaders-message.js';
import { MessagesAtOnce } from './messages-at-once.js';
import { SeenHeads } from './seen-heads.js';
import { SeenLimits } from './seen-limits.js';
import type { SourceChanged } from './source-changed.js';
import { checkStream } from './source-check.js';
import { isReplicated, LeaderInDoubt } from './stream-leader.js';
import { findStream, streamNow } from './stream.js';
import type { StreamMessage } from './stream-message.js';
import { firstNotCleared } from './lost-in-gaps.js';
import { type Cleared, followGaps, isCompacted, isInDoubt, lowestLimit, MOST_CLEARED } from './subject-limit.js';

const CHECK_EVERY_MS = 5_000;
const ASK_EVERY_MS = 100;
/** One check of gaps may take about this long: the lease, which is only renewed with a batch, must not run out meanwhile. */
const OVER_GAPS_WITHIN_MS = 1_000;

/** Thrown if the server reports another `created` for the same stream: the caller begins again from the stored position. */
export class CreatedAgain extends Error {
  override readonly name = 'CreatedAgain';
}

export interface OverGaps {
  readonly count: number;
  readonly gap: Gap | null;
  readonly loss?: SourceChanged;
}

/** Checks, on request and at intervals, that the position still belongs to the stream; knows how far the stream goes. */
export class SourceMonitor {
  /** With a limit per subject the server removes old messages because newer ones carry the whole state: missing sequences are normal. */
  isCompacted = false;
  private isReplicated = false;
  private isEmpty = true;
  private firstSequence = 0;
  private checkedAt = 0;
  private askedAt = 0;
  private isAsking = false;
  private readonly heads = new SeenHeads();
  private readonly limits = new SeenLimits();
  private readonly cleared: Cleared = new Map();
  private readonly atOnce = new MessagesAtOnce();

  constructor(
    private readonly projection: Projection,
    private readonly manager: JetStreamManager,
    private readonly stream: string,
    private readonly link: NatsLink,
  ) {}

  get isDue(): boolean {
    return performance.now() - this.checkedAt > CHECK_EVERY_MS;
  }

  /** @throws {SourceChanged} @throws {CreatedAgain} @throws {LeaderInDoubt} */
  async check(position: Position): Promise<StreamInfo> {
    const info = await this.checkAtStart(position);
    if (position.streamCreated !== info.created)
      throw new CreatedAgain(`the server now says that the stream ${this.stream} was made ${info.created}`);
    return info;
  }

  /** The same for a stored position, whose `created` may be out of date. @throws {SourceChanged} @throws {LeaderInDoubt} */
  async checkAtStart(position: Position): Promise<StreamInfo> {
    const { projection, manager, stream, cleared } = this;
    const info = await this.link.answer(checkStream(projection, manager, stream, position, cleared));
    this.isCompacted = isCompacted(info);
    this.limits.saw(info);
    this.isReplicated = isReplicated(info);
    this.checkedAt = performance.now();
    return info;
  }

  /** Runs a check if one is due. A doubt is resolved by the next check; nothing depends on it now. @throws {SourceChanged} */
  async checkIfDue(position: Position): Promise<void> {
    if (this.isDue) await this.check(position).catch(unlessInDoubt);
  }

  /** Call it before messages are applied: checks by the last one whether the stream's leader holds them. @throws if it does not */
  async ensureLeaderHoldsLast(last: StreamMessage): Promise<void> {
    if (this.isReplicated) await this.link.answer(ensureLeaderHolds(this.manager, this.stream, last));
  }

  /**
   * For a stream with a limit per subject: checks whether messages in gaps may have been lost.
   * @returns how many of the messages may be applied, the gap to remember with them, and the reason why the others may not be applied;
   * without a reason at least one may be applied, and the others are to be checked next
   */
  async overGaps(position: Position, messages: readonly StreamMessage[]): Promise<OverGaps> {
    const isWhole = messages.at(-1)!.sequence === position.sequence + messages.length;
    const isOver = !isInDoubt(position);
    // Without a limit every missing sequence is a loss, and the messages are cut there.
    if (isOver && (isWhole || !this.isCompacted)) return { count: messages.length, gap: position.gap ?? null };
    const { projection, manager, cleared, atOnce } = this;
    const info = await this.link.answer(streamNow(manager, this.stream));
    const follow = (upTo: number) => followGaps(projection, position, messages.slice(0, upTo), info.state.last_seq);
    const { gap, suspects } = follow(messages.length);
    if (cleared.size > MOST_CLEARED) cleared.clear();
    const end = await this.link.answer(
      firstNotCleared({ projection, manager, info, limit: lowestLimit(info, position) }, suspects, {
        cleared,
        atOnce,
        withinMs: OVER_GAPS_WITHIN_MS,
      }),
    );
    if (!end) return { count: messages.length, gap };
    const count = messages.indexOf(end.message);
    return { count, gap: follow(count).gap, ...(end.loss && { loss: end.loss }) };
  }

  /** The position with the lowest limit per subject that counts for what comes after it. */
  withLimit(position: Position): Position {
    const subjectLimit = this.limits.after(position);
    return subjectLimit === (position.subjectLimit ?? null) ? position : { ...position, subjectLimit };
  }

  /** Asks the leader how far the stream goes, without waiting for the answer. One question at a time, and not too often. */
  askWithoutWaiting(): void {
    if (this.isAsking || performance.now() - this.askedAt < ASK_EVERY_MS) return;
    this.isAsking = true;
    // The next check reports faults of the stream.
    void this.askLeader()
      .catch(() => undefined)
      .finally(() => (this.isAsking = false));
  }

  /**
   * Asks the leader how far the stream goes. Checks the stream if its end is before the position, it was made again, or a check is due.
   * @throws {SourceChanged}
   */
  async checkEnd(position: Position): Promise<void> {
    const info = await this.askLeader().catch(unlessInDoubt);
    if (this.isDue || (info && (info.state.last_seq < position.sequence || info.created !== position.streamCreated)))
      await this.check(position).catch(unlessInDoubt);
  }

  /** The last known sequence of the stream; the position itself if nothing beyond it was seen. */
  headFrom(position: Position): number {
    const { newest } = this.heads;
    const reached = this.reachedBy(position);
    return newest > reached ? newest : position.sequence;
  }

  /** Whether the leader has reported more than the position. A purged stream still has its last sequence but no messages. */
  holdsMoreThan({ sequence }: Position): boolean {
    return !this.isEmpty && this.heads.newest > sequence;
  }

  /** When, by `performance.now()`, the stream was last known to hold nothing beyond this sequence; undefined if that is not known. */
  completeAt({ streamCreated }: Position, sequence: number): number | undefined {
    return this.heads.completeAt(streamCreated, this.reachedBy({ sequence }));
  }

  /** A read model that has applied nothing begins with the first message of the stream: one that was emptied has nothing for it. */
  private reachedBy({ sequence }: Pick<Position, 'sequence'>): number {
    return sequence > 0 ? sequence : Math.max(0, this.firstSequence - 1);
  }

  private async askLeader(): Promise<StreamInfo | undefined> {
    const askedAt = (this.askedAt = performance.now());
    const info = await this.link.answer(findStream(this.manager, this.stream));
    if (!info) this.checkedAt = 0;
    else {
      this.heads.add(info, askedAt);
      this.limits.saw(info);
    }
    this.isEmpty = !info || info.state.messages === 0;
    this.firstSequence = info?.state.first_seq ?? 0;
    return info;
  }
}

function unlessInDoubt(error: unknown): undefined {
  if (!(error instanceof LeaderInDoubt)) throw error;
}
