import type { JetStreamManager } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import type { MessagesAtOnce } from '../stream/messages-at-once.js';
import type { Gap, Position } from '../stream/position.js';
import { streamNow } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { firstNotCleared } from '../stream/lost-in-gaps.js';
import { type Cleared, followGaps, isCompacted, lowestLimit } from '../stream/subject-limit.js';
import { JobFailed } from '../job-ended.js';

/** What a generation is to apply next. */
interface Next {
  /** In stream order. */
  readonly messages: readonly StreamMessage[];
  /** The stream holds no others up to this sequence. */
  readonly upTo: number;
  readonly atOnce: MessagesAtOnce;
  /** The subjects that are known to have lost nothing; is added to. */
  readonly cleared: Cleared;
}

/**
 * For a generation that continues from an earlier position and is not verified before it becomes live: makes sure that the stream still
 * holds everything after that position. The live generation may have applied messages that the stream has removed since.
 * @returns the gap to remember with the messages
 * @throws {JobFailed} if messages are missing that the others do not replace
 */
export async function ensureNothingIsLost(
  projection: Projection,
  manager: JetStreamManager,
  position: Position,
  { messages, upTo, atOnce, cleared }: Next,
): Promise<Gap | null> {
  const isWhole = upTo === position.sequence + messages.length;
  const isOver = (position.gap?.until ?? 0) <= position.sequence;
  if (isWhole && isOver) return position.gap ?? null;
  const info = await streamNow(manager, position.stream!);
  // At the end of the stream no newer message replaces the missing ones.
  const isEnd = messages.length === 0 && info.state.last_seq === upTo;
  if (!isWhole && (isEnd || !isCompacted(info)))
    throw cannotGoOn(
      position,
      `of the messages after ${position.sequence} up to ${upTo}, the stream ${position.stream} holds only ${messages.length}; the others were removed`,
    );
  const { gap, suspects } = followGaps(projection, position, messages, info.state.last_seq);
  const limit = lowestLimit(info, position);
  const { loss } = (await firstNotCleared({ projection, manager, info, limit }, suspects, { atOnce, cleared })) ?? {};
  if (loss) throw cannotGoOn(position, loss.message);
  return gap;
}

function cannotGoOn({ generation }: Position, because: string): JobFailed {
  return new JobFailed(`generation ${generation} cannot continue: ${because}`);
}
