import type { JetStreamManager } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { gapsIn } from '../stream/left-out.js';
import type { MessagesAtOnce } from '../stream/messages-at-once.js';
import type { Gap, Position } from '../stream/position.js';
import { streamNow } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { firstNotCleared } from '../stream/lost-in-gaps.js';
import { beginning, type Cleared, followGaps, isCompacted, isInDoubt, lowestLimit } from '../stream/subject-limit.js';
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
  /** Whether what was missing when the job began does not count. Its gap, see {@link beginning}, tells where the stream ended then. */
  readonly isFromBeginning?: boolean;
}

/**
 * For a generation that no later check verifies before it becomes live: makes sure that the stream still holds everything after the
 * position. Messages that the stream has removed since may have been applied by the live generation, or may have changed what earlier
 * messages said.
 * @returns the gap to remember with the messages
 * @throws {JobFailed} if messages are missing that the others do not replace
 */
export async function ensureNothingIsLost(
  projection: Projection,
  manager: JetStreamManager,
  position: Position,
  next: Next,
): Promise<Gap | null> {
  const { messages, upTo, atOnce, cleared } = next;
  const isWhole = upTo === position.sequence + messages.length;
  if (isWhole && !isInDoubt(position)) return position.gap ?? null;
  const info = await streamNow(manager, position.stream!);
  // At the end of the stream no newer message replaces the missing ones.
  const isEnd = messages.length === 0 && info.state.last_seq === upTo;
  if ((isEnd || !isCompacted(info)) && isMissing(position, next, info.state.first_seq))
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

/** What the stream lacks now does not count as missing for a generation that begins now. */
export async function goneAlready(manager: JetStreamManager, stream: string): Promise<Gap> {
  const { state } = await streamNow(manager, stream);
  return beginning(state.last_seq);
}

/** @param first the first sequence that the stream holds: no message before it is missing for another reason than age or a purge */
function isMissing({ sequence, gap }: Position, { messages, upTo, isFromBeginning }: Next, first: number): boolean {
  const read = messages.map((message) => message.sequence);
  const gaps = gapsIn(sequence, [...read, upTo + 1]);
  if (!isFromBeginning) return gaps.length > 0;
  const endedAt = gap?.until ?? Infinity;
  return gaps.some(({ from, to }) => from > 1 && (to > endedAt || first > from));
}

function cannotGoOn({ generation }: Position, because: string): JobFailed {
  return new JobFailed(`generation ${generation} cannot continue: ${because}`);
}
