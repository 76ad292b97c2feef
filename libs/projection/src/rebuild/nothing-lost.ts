import type { JetStreamManager } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { gapsIn, type Gap as Range } from '../stream/left-out.js';
import type { MessagesAtOnce } from '../stream/messages-at-once.js';
import type { Gap, Position } from '../stream/position.js';
import { streamNow } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { firstNotCleared } from '../stream/lost-in-gaps.js';
import { type Cleared, followGaps, isCompacted, isInDoubt, lowestLimit } from '../stream/subject-limit.js';
import type { GoneAlready } from './gone-already.js';
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
  /** Only for a generation that must hold everything since it began; left out: everything after the position must be there. */
  readonly sinceItBegan?: SinceItBegan;
}

/** What was missing when a generation began does not count. Its gap, see {@link beginning}, says where the stream ended then. */
export interface SinceItBegan {
  /** Up to here only the last message of every subject is read. */
  readonly completeFrom: number;
  /** Whether it held rows before the first message: those of an archive. */
  readonly hadRows: boolean;
  readonly gone: GoneAlready['gone'];
}

/** Nothing is applied yet of a stream that has lost messages: a new attempt reads what is left, in one piece. */
class BeginAgain extends Error {
  override readonly name = 'BeginAgain';
}

/**
 * For a generation that no later check verifies before it becomes live: makes sure that the stream still holds everything after the
 * position. Messages that the stream has removed since may have been applied by the live generation, or may have changed what earlier
 * messages said.
 * @returns the gap to remember with the messages
 * @throws {JobFailed} if messages are missing that the others do not replace @throws {BeginAgain}
 */
export async function ensureNothingIsLost(
  projection: Projection,
  manager: JetStreamManager,
  position: Position,
  next: Next,
): Promise<Gap | null> {
  const { messages, upTo, atOnce, cleared, sinceItBegan } = next;
  const { sequence } = position;
  const isWhole = upTo === sequence + messages.length;
  if (isWhole && !isInDoubt(position)) return position.gap ?? null;
  const info = await streamNow(manager, position.stream!);
  // At the end of the stream no newer message replaces the missing ones.
  const isEnd = messages.length === 0 && info.state.last_seq === upTo;
  if (isEnd || !isCompacted(info)) ensureNoneIsMissing(position, next, info.state.first_seq);
  if (sinceItBegan && !isCompacted(info)) return position.gap ?? null;
  const after = Math.max(sequence, sinceItBegan?.completeFrom ?? 0);
  const read = messages.filter((message) => message.sequence > after);
  const { gap, suspects } = followGaps(projection, { ...position, sequence: after }, read, info.state.last_seq);
  const limit = lowestLimit(info, position);
  const { loss } = (await firstNotCleared({ projection, manager, info, limit }, suspects, { atOnce, cleared })) ?? {};
  if (loss) throw cannotGoOn(position, loss.message);
  const last = read.at(-1)?.sequence ?? after;
  const isKnown = gap?.after === 0 && upTo <= gap.until;
  // The position moves over what is missing at the end, and what comes next is then no gap any more.
  return upTo > last && !isKnown ? { after: last, until: info.state.last_seq } : gap;
}

/** @param first the first sequence that the stream holds now */
function ensureNoneIsMissing(position: Position, { messages, upTo, sinceItBegan }: Next, first: number): void {
  const { sequence, stream, gap } = position;
  const gaps = gapsIn(sequence, [...messages.map((message) => message.sequence), upTo + 1]);
  const missing = cannotGoOn(
    position,
    `of the messages after ${sequence} up to ${upTo}, the stream ${stream} holds only ${messages.length}; the others were removed`,
  );
  if (!sinceItBegan) {
    if (gaps.length > 0) throw missing;
    return;
  }
  const { completeFrom, hadRows, gone } = sinceItBegan;
  const endedAt = Math.max(gap?.until ?? Infinity, completeFrom);
  const isSince = ({ from, to }: Range) => to > endedAt && (from > 1 || hadRows);
  // Where the last messages alone are read, or too much was missing to remember: what is before the first message that is left may be lost.
  const isOld = ({ from, to }: Range) =>
    gone && from > completeFrom ? gone.some(([start, end]) => start <= from && to <= end) : first <= from;
  if (gaps.some(isSince)) throw missing;
  if (gaps.every((range) => range.from === 1 || isOld(range))) return;
  throw sequence > 0 ? missing : new BeginAgain(`${missing.message}: begins with what is left`);
}

function cannotGoOn({ generation }: Position, because: string): JobFailed {
  return new JobFailed(`generation ${generation} cannot continue: ${because}`);
}
