import type { StreamInfo } from '@nats-io/jetstream';
import { isReplicated } from './stream-leader.js';

/** Of an hour of falling behind no more is kept; every other one goes when there are more. */
const KEPT = 128;
/**
 * Word of a leader that has just been elected, or was paused, does not count before it has answered for this long: the one may not yet
 * have applied all of its own log, and the other may not yet know that there is a new one.
 */
const STEADY_AFTER_MS = 1_000;
/** After such a silence it may have been paused. */
const SILENCE_MS = 3_000;

/** What a mirror has heard of is stored in it by then. */
const MIRRORED_WITHIN_MS = 250;

interface Head {
  readonly sequence: number;
  /** By `performance.now()`, before the question was sent: all that was stored by then has this sequence or a lower one. */
  readonly askedAt: number;
}

/** What the leader of a stream has said its last sequence is, and when the question was sent: so it is known since when the read model is complete. */
export class SeenHeads {
  private heads: Head[] = [];
  private highest = 0;
  private created: string | undefined;
  private leader: string | undefined;
  private steadySince = 0;
  private heardAt = -Infinity;

  /** @param info what counts as the word of the leader, see `believe` */
  add(info: StreamInfo, askedAt: number): void {
    if (info.created !== this.created) this.forget();
    this.created = info.created;
    const { last_seq: sequence } = info.state;
    // Who has just been elected may say too little, and never too much.
    this.highest = Math.max(this.highest, sequence);
    if (!this.isSteady(info, askedAt)) return;
    const heldAll = heldAllAt(info, askedAt);
    const last = this.heads.at(-1);
    if (heldAll === undefined || (last && (sequence < last.sequence || heldAll < last.askedAt))) return;
    if (last?.sequence === sequence) this.heads.pop();
    this.heads.push({ sequence, askedAt: heldAll });
    if (this.heads.length > KEPT) this.heads = this.heads.filter((_, i) => i % 2 === 0 || i === KEPT);
  }

  /** The highest sequence that was seen; 0 before the first. */
  get newest(): number {
    return this.highest;
  }

  private forget(): void {
    this.heads = [];
    this.highest = 0;
  }

  /**
   * @param sequence of the stream that was made then: everything up to there is applied
   * @returns when, by `performance.now()`, the stream last was known to hold nothing beyond it; undefined when that is not known
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
 * When a stream was last known to hold all that there was: a mirror, all that its origin held. That says something each second, also
 * when it has nothing new; cut off from it the mirror goes on saying that it lacks nothing.
 * @returns by `performance.now()`; undefined where it is known that more is to come, or nothing is known
 */
function heldAllAt({ mirror }: StreamInfo, askedAt: number): number | undefined {
  if (!mirror) return askedAt;
  return mirror.lag > 0 || mirror.active < 0 ? undefined : askedAt - mirror.active / 1e6 - MIRRORED_WITHIN_MS;
}
