import type { StreamInfo } from '@nats-io/jetstream';
import type { Position } from './position.js';
import { isCompacted } from './subject-limit.js';

/** A lower limit than the one of now. */
interface FormerLimit {
  readonly limit: number;
  /** Where the stream ended when the limit was first seen to be higher: later messages came under the limit of now. */
  readonly until: number;
  /** Whether the position has passed that. */
  isPassed: boolean;
}

/**
 * Knows which limit of messages per subject counts: after it is raised or lifted, the former one does until what came under it is read. No
 * limit is Infinity.
 */
export class SeenLimits {
  /** undefined: nothing was seen. */
  private now: number | undefined;
  private head = 0;
  private former: FormerLimit | undefined;

  /** Call it with all that is learned of the stream: a limit that was lower for a moment has removed messages, too. */
  saw(info: StreamInfo): void {
    const before = this.now;
    this.now = isCompacted(info) ? info.config.max_msgs_per_subject : Infinity;
    this.head = info.state.last_seq;
    if (before === undefined || this.now <= before) return;
    const { former } = this;
    this.keep(former && !former.isPassed ? Math.min(before, former.limit) : before);
  }

  /** @returns the lowest limit under which messages after the position have come, null if there was none */
  after({ sequence, subjectLimit }: Pick<Position, 'sequence' | 'subjectLimit'>): number | null {
    const { now = Infinity } = this;
    const stored = subjectLimit ?? Infinity;
    // Another projector saw it, or this one before it began again.
    if (!this.former && now > stored) this.keep(stored);
    const { former } = this;
    if (former && sequence >= former.until) former.isPassed = true;
    const lowest = former && !former.isPassed ? Math.min(now, former.limit, stored) : now;
    return lowest === Infinity ? null : lowest;
  }

  private keep(limit: number): void {
    this.former = { limit, until: this.head, isPassed: false };
  }
}
