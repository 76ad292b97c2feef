import type { StreamInfo } from '@nats-io/jetstream';
import { isReplicated } from './stream-leader.js';

/** The largest number of heads kept, for up to an hour of falling behind; beyond it every other one is dropped. */
const KEPT = 128;
/**
 * The answer of a leader that was just elected, or was paused, does not count before it has answered for this long. A new leader may not
 * have applied all of its own log yet; a paused one may not know that there is a new leader.
 */
const STEADY_AFTER_MS = 1_000;
/** After such a silence the leader may have been paused. */
const SILENCE_MS = 3_000;

/** Within this time a mirror stores the messages it has received. */
const MIRRORED_WITHIN_MS = 250;

interface Head {
  readonly sequence: number;
  /** By `performance.now()`, before the question was sent: everything stored before has this sequence or a lower one. */
  readonly askedAt: number;
}

/**
 * The last sequences that the leader of a stream has reported, and when each question was sent. They show since when the read model is
 * complete.
 */
export class SeenHeads {
  private heads: Head[] = [];
  private highest = 0;
  private created: string | undefined;
  private leader: string | undefined;
  private steadySince = 0;
  private heardAt = -Infinity;

  /** @param info an answer of the leader, see `believe` */
  add(info: StreamInfo, askedAt: number): void {
    if (info.created !== this.created) this.forget();
    this.created = info.created;
    const { last_seq: sequence } = info.state;
    // A leader that was just elected may report too low a sequence, never too high a one.
    this.highest = Math.max(this.highest, sequence);
    if (!this.isSteady(info, askedAt)) return;
    const heldAll = heldAllAt(info, askedAt);
    const last = this.heads.at(-1);
    if (heldAll === undefined || (last && (sequence < last.sequence || heldAll < last.askedAt))) return;
    if (last?.sequence === sequence) this.heads.pop();
    this.heads.push({ sequence, askedAt: heldAll });
    if (this.heads.length > KEPT) this.heads = this.heads.filter((_, i) => i % 2 === 0 || i === KEPT);
  }

  /** The highest sequence seen; 0 before the first. */
  get newest(): number {
    return this.highest;
  }

  private forget(): void {
    this.heads = [];
    this.highest = 0;
  }

  /**
   * @param created of the stream
   * @param sequence everything up to it is applied
   * @returns when, by `performance.now()`, the stream was last known to hold nothing beyond it; undefined if that is not known
   */
  completeAt(created: string | null, sequence: number): number | undefined {
    if (created !== this.created) return undefined;
    const reached = this.heads.findLastIndex((head) => head.sequence <= sequence);
    this.heads.splice(0, reached);
    return reached === -1 ? undefined : this.heads[0]!.askedAt;
  }

  private isSteady(info: StreamInfo, askedAt: number): boolean {
    const leader = info.cluster?.leader;
    if (leader !== this.leader || askedAt - this.heardAt > SILENCE_MS) this.steadySince = askedAt;
    this.leader = leader;
    this.heardAt = askedAt;
    return !isReplicated(info) || askedAt - this.steadySince >= STEADY_AFTER_MS;
  }
}

/**
 * When a stream was last known to hold everything; for a mirror: everything in its origin. The origin contacts the mirror each second, even
 * without new messages; a mirror that is cut off continues to report that it lacks nothing.
 * @returns by `performance.now()`; undefined if more is known to come, or nothing is known
 */
function heldAllAt({ mirror }: StreamInfo, askedAt: number): number | undefined {
  if (!mirror) return askedAt;
  return mirror.lag > 0 || mirror.active < 0 ? undefined : askedAt - mirror.active / 1e6 - MIRRORED_WITHIN_MS;
}
