import { type Position } from './position.js';
import type { JetStreamManager } from '@nats-io/jetstream';
import { nextOfSubject, streamNow } from './stream.js';

/** Questions under way at a time: a compacted stream may have as many gaps as messages. */
const ASKED_AT_ONCE = 100;

/** A stretch of sequences, both ends included. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes sure that what is missing before and between messages is not in the stream either. The server that delivers them may be behind
 * the stream's leader, or damaged.
 * @param after the sequence up to which everything was read
 * @throws when the stream holds a message that was left out
 */
export async function makeSureNothingWasLeftOut(
  manager: JetStreamManager,
  position: Position,
  after: number,
  sequences: readonly number[],
): Promise<void> {
  const gaps = gapsIn(after, sequences);
  for (let i = 0; i < gaps.length; i += ASKED_AT_ONCE)
    await Promise.all(gaps.slice(i, i + ASKED_AT_ONCE).map((gap) => makeSureItIsEmpty(manager, position, gap)));
}

async function makeSureItIsEmpty(manager: JetStreamManager, position: Position, { from, to }: Gap): Promise<void> {
  // Who holds the message behind the gap holds all that were stored before it.
  const next = await nextOfSubject(manager, position.stream!, '>', from);
  const isEmpty = next ? next.sequence > to : await holdsNothing(manager, position, from, to);
  if (!isEmpty)
    throw new Error(
      `the server left out messages from ${from} to ${to} which the stream ${position.stream} still holds`,
    );
}

/**
 * Whether the leader of the position's stream holds no message from a sequence up to another one, and never will.
 * @throws when it is not that stream any more, or ends before `to`
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
  // Only where the same server has led all the while did it give both answers.
  return (await streamNow(manager, stream!)).cluster?.leader === before.cluster?.leader;
}

function gapsIn(after: number, sequences: readonly number[]): Gap[] {
  return sequences.flatMap((sequence, i) => {
    const from = (sequences[i - 1] ?? after) + 1;
    return sequence > from ? [{ from, to: sequence - 1 }] : [];
  });
}
