import { type Position } from './position.js';
import type { JetStreamManager } from '@nats-io/jetstream';
import { MessagesAtOnce } from './messages-at-once.js';
import { type KeptMessage, nextOfSubject, streamNow } from './stream.js';

/** A range of sequences, both ends included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes sure that the stream does not hold sequences that are missing before and between messages. The server that delivers the messages
 * may be behind the stream's leader, or damaged.
 * @param after the sequence up to which everything was read
 * @param atOnce remembers how large the messages are
 * @throws if the stream holds a message that was left out
 */
export async function ensureNothingLeftOut(
  manager: JetStreamManager,
  position: Position,
  after: number,
  sequences: readonly number[],
  atOnce = new MessagesAtOnce(),
): Promise<void> {
  // A compacted stream may have as many gaps as messages.
  const gaps = gapsIn(after, sequences);
  const nextAfter = ({ from }: Gap) => nextOfSubject(manager, position.stream!, '>', from);
  for await (const lot of atOnce.ask(gaps, nextAfter))
    for (const [gap, next] of lot) await makeSureItIsEmpty(manager, position, gap, next);
}

/** @param next the message that the stream holds after the beginning of the gap */
async function makeSureItIsEmpty(
  manager: JetStreamManager,
  position: Position,
  { from, to }: Gap,
  next: KeptMessage | undefined,
): Promise<void> {
  // A server that holds the message after the gap holds everything stored before it.
  const isEmpty = next ? next.sequence > to : await holdsNothing(manager, position, from, to);
  if (!isEmpty)
    throw new Error(
      `the server left out messages from ${from} to ${to} which the stream ${position.stream} still holds`,
    );
}

/**
 * Whether the leader of the position's stream holds no message in a range of sequences, and never will.
 * @throws if it is another stream now, or ends before `to`
 * @throws {LeaderInDoubt}
 */
export async function holdsNothing(
  manager: JetStreamManager,
  { stream, streamCreated }: Position,
  from: number,
  to: number,
): Promise<boolean> {
  const before = await streamNow(manager, stream!);
  if (before.created !== streamCreated) throw new Error(`the stream ${stream} was deleted and made again`);
  const { last_seq: last } = before.state;
  if (last < to) throw new Error(`the stream ${stream} ends at ${last}, before ${to}: it has lost messages`);
  const next = await nextOfSubject(manager, stream!, '>', from);
  if (next) return next.sequence > to;
  // Both answers come from one server only if that server was the leader both times.
  return (await streamNow(manager, stream!)).cluster?.leader === before.cluster?.leader;
}

/** The sequences that are missing after one and between others. */
export function gapsIn(after: number, sequences: readonly number[]): Gap[] {
  return sequences.flatMap((sequence, i) => {
    const from = (sequences[i - 1] ?? after) + 1;
    return sequence > from ? [{ from, to: sequence - 1 }] : [];
  });
}
