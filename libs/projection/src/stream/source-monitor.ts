import { type Gap, type Position } from './position.js';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { Projection } from '../projection.js';
import { makeSureTheLeaderHolds } from './leaders-message.js';
import { SeenHeads } from './seen-heads.js';
import type { SourceChanged } from './source-changed.js';
import { checkStream, isCompacted } from './source-check.js';
import { isReplicated, LeaderInDoubt } from './stream-leader.js';
import { findStream, streamNow } from './stream.js';
import type { StreamMessage } from './stream-message.js';
import { followGaps, lossOn } from './subject-limit.js';

const CHECK_EVERY_MS = 5_000;
const LOOK_EVERY_MS = 100;
const MOST_CLEARED = 10_000;

export interface OverGaps {
  readonly count: number;
  readonly gap: Gap | null;
  readonly loss?: SourceChanged;
}

/** Makes sure, on request and now and then, that the stream still is the one the position belongs to; knows how far the stream goes. */
export class SourceMonitor {
  /** Under a limit per subject old messages go because newer ones carry the whole state: missing sequences mean nothing. */
  isCompacted = false;
  private isReplicated = false;
  private isEmpty = true;
  private checkedAt = 0;
  private askedAt = 0;
  private isAsking = false;
  private readonly heads = new SeenHeads();
  /** Subjects by the gap over which nothing of theirs was lost. */
  private readonly cleared = new Map<string, number>();

  constructor(
    private readonly projection: Projection,
    private readonly manager: JetStreamManager,
    private readonly stream: string,
    private readonly link: NatsLink,
  ) {}

  get isDue(): boolean {
    return performance.now() - this.checkedAt > CHECK_EVERY_MS;
  }

  /** @throws {SourceChanged} @throws {LeaderInDoubt} */
  async check(position: Position): Promise<StreamInfo> {
    const info = await this.link.answer(checkStream(this.projection, this.manager, this.stream, position));
    this.isCompacted = isCompacted(info);
    this.isReplicated = isReplicated(info);
    this.checkedAt = performance.now();
    return info;
  }

  /** Where a check is due. What is in doubt is checked a moment later; nothing depends on it now. @throws {SourceChanged} */
  async checkIfDue(position: Position): Promise<void> {
    if (this.isDue) await this.check(position).catch(unlessInDoubt);
  }

  /** Before messages are applied: whether they are those of the stream's leader, by the last one. @throws when they are not */
  async makeSureOf(last: StreamMessage): Promise<void> {
    if (this.isReplicated) await this.link.answer(makeSureTheLeaderHolds(this.manager, this.stream, last));
  }

  /**
   * For a stream with a limit per subject: looks whether messages that are missing between others may have been lost.
   * @returns how many of the messages may be applied, the gap to remember with them, and what keeps the others from being applied
   */
  async overGaps(position: Position, messages: readonly StreamMessage[]): Promise<OverGaps> {
    const isWhole = messages.at(-1)!.sequence === position.sequence + messages.length;
    const isOver = (position.gap?.until ?? 0) <= position.sequence;
    if (isWhole && isOver) return { count: messages.length, gap: position.gap ?? null };
    const info = await this.link.answer(streamNow(this.manager, this.stream));
    const { gap, suspects } = followGaps(this.projection, position, messages, info.state.last_seq);
    for (const suspect of suspects) {
      const { subject } = suspect.message;
      if (this.cleared.get(subject) === suspect.gap.after) continue;
      const loss = await this.link.answer(lossOn(this.manager, info, suspect));
      if (loss) {
        const count = messages.indexOf(suspect.message);
        return { ...followGaps(this.projection, position, messages.slice(0, count), info.state.last_seq), count, loss };
      }
      if (this.cleared.size > MOST_CLEARED) this.cleared.clear();
      this.cleared.set(subject, suspect.gap.after);
    }
    return { count: messages.length, gap };
  }

  /** Has the leader say how far the stream goes, without waiting for the answer. One question at a time, and not too often. */
  lookAhead(): void {
    if (this.isAsking || performance.now() - this.askedAt < LOOK_EVERY_MS) return;
    this.isAsking = true;
    // What is wrong with the stream shows in the next check.
    void this.look()
      .catch(() => undefined)
      .finally(() => (this.isAsking = false));
  }

  /**
   * Has the leader say how far the stream goes. Looks closer where that is not beyond the position, and when a check is due.
   * @throws {SourceChanged}
   */
  async lookAt(position: Position): Promise<void> {
    const info = await this.look().catch(unlessInDoubt);
    if (this.isDue || (info && (info.state.last_seq < position.sequence || info.created !== position.streamCreated)))
      await this.check(position).catch(unlessInDoubt);
  }

  /** The last sequence of the stream as far as it is known; the position itself when nothing beyond it was seen. */
  headFrom({ sequence }: Position): number {
    return Math.max(sequence, this.heads.newest);
  }

  /** Whether the leader has said so. Of a stream that was purged only the last sequence is left. */
  holdsMoreThan({ sequence }: Position): boolean {
    return !this.isEmpty && this.heads.newest > sequence;
  }

  /** When, by `performance.now()`, the stream last was known to hold nothing beyond this sequence; undefined when that is not known. */
  completeAt({ streamCreated }: Position, sequence: number): number | undefined {
    return this.heads.completeAt(streamCreated, sequence);
  }

  private async look(): Promise<StreamInfo | undefined> {
    const askedAt = (this.askedAt = performance.now());
    const info = await this.link.answer(findStream(this.manager, this.stream));
    if (info) this.heads.add(info, askedAt);
    else this.checkedAt = 0;
    this.isEmpty = !info || info.state.messages === 0;
    return info;
  }
}

function unlessInDoubt(error: unknown): undefined {
  if (!(error instanceof LeaderInDoubt)) throw error;
}
