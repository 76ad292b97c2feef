import type { StreamInfo } from '@nats-io/jetstream';
import type { Position } from './position.js';
import { isCompacted } from './subject-limit.js';

/** Knows which limit of messages per subject counts: after it is raised or lifted, the former one does until what came under it is read. */
export class SeenLimits {
  private now: number | null = null;
  private head = 0;
  /** Where the stream ended when the limit was first seen to be higher than before. */
  private raisedAt: number | undefined;

  saw(info: StreamInfo): void {
    this.now = isCompacted(info) ? info.config.max_msgs_per_subject : null;
    this.head = info.state.last_seq;
  }

  /** @returns the lowest limit under which messages after the position have come, null if there was none */
  after({ sequence, subjectLimit: before = null }: Pick<Position, 'sequence' | 'subjectLimit'>): number | null {
    const isRaised = before !== null && (this.now === null || this.now > before);
    this.raisedAt = isRaised ? (this.raisedAt ?? this.head) : undefined;
    return this.raisedAt !== undefined && sequence < this.raisedAt ? before : this.now;
  }
}
