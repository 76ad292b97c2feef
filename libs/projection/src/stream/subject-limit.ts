import { type Gap, type Position } from './position.js';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { MessagesAtOnce } from './messages-at-once.js';
import type { EventKey, Projection } from '../projection.js';
import { SourceChanged } from './source-changed.js';
import { nextOfSubject, streamNow } from './stream.js';
import type { StreamMessage } from './stream-message.js';
import { namesKey } from './subject-names.js';

/*
 * With a limit of messages per subject the server removes old messages when newer ones of their subject arrive. If a subject names the key
 * of its events, the newer messages carry everything that the old ones said. If it does not, messages that were removed before they were
 * read are lost.
 */

/** With a limit per subject the server removes old messages because newer ones carry the whole state: missing sequences are normal. */
export function isCompacted({ config }: StreamInfo): boolean {
  return config.max_msgs_per_subject > 0;
}

/** The number of subjects asked about at once: after a gap every message of a batch may be a suspect. */
const ASKED_AT_ONCE = 100;

/** An event after a gap, on a subject that may be used for several keys: messages of that subject may have been in the gap. */
export interface Suspect {
  readonly message: StreamMessage;
  readonly gap: Gap;
  /** The key, which the subject does not name. */
  readonly key: EventKey;
}

/**
 * The gap at the start: sequences up to `head` were in the stream when the first gap was seen. Messages removed before reading began do not
 * count as missing.
 */
export function beginning(head: number): Gap {
  return { after: 0, until: head };
}

/**
 * Follows the gaps through messages in the order of the stream.
 * @param head the last sequence of the stream when the last of the messages was delivered, or a higher one
 */
export function followGaps(
  projection: Pick<Projection, 'keyOf'>,
  position: Position,
  messages: readonly Pick<StreamMessage, 'sequence' | 'subject' | 'decoded'>[],
  head: number,
): { readonly gap: Gap | null; readonly suspects: readonly Suspect[] } {
  let gap = position.gap ?? null;
  let { sequence } = position;
  const suspects: Suspect[] = [];
  for (const message of messages) {
    const isFirst = gap?.after === 0 && message.sequence - 1 <= gap.until;
    if (message.sequence > sequence + 1 && !isFirst) gap = { after: sequence, until: head };
    ({ sequence } = message);
    const { decoded, subject } = message;
    if (!gap || gap.after === 0 || sequence > gap.until || decoded.kind !== 'event') continue;
    const key = projection.keyOf(decoded.event);
    if (!namesKey(subject, key)) suspects.push({ message: message as StreamMessage, gap, key });
  }
  return { gap, suspects };
}

/** For each subject the gap that is known to have lost none of its messages. */
export type Cleared = Map<string, number>;

export function isCleared(cleared: Cleared, { message, gap }: Suspect): boolean {
  return cleared.get(message.subject) === gap.after;
}

/** The first suspect that is not cleared, with the loss if there is one. */
interface NotCleared {
  readonly message: StreamMessage;
  readonly loss?: SourceChanged;
}

interface Asking {
  readonly cleared: Cleared;
  readonly atOnce: MessagesAtOnce;
  /** By `performance.now()`: after it nothing more is asked that can wait. */
  readonly until: number;
}

/**
 * Asks the stream's leader, in order and many at a time, whether suspects stand for lost messages.
 * @param cleared is added to; suspects that it clears are not asked about
 * @param withinMs after this time no more of them are asked about. The first ones are asked about in any case, so that the caller gets on.
 * @returns undefined if all are cleared
 * @throws {LeaderInDoubt}
 */
export async function firstNotCleared(
  manager: JetStreamManager,
  info: StreamInfo,
  suspects: readonly Suspect[],
  { cleared = new Map() as Cleared, atOnce = new MessagesAtOnce(), withinMs = Infinity } = {},
): Promise<NotCleared | undefined> {
  const until = performance.now() + withinMs;
  const asked = eachOnce(suspects.filter((suspect) => !isCleared(cleared, suspect)));
  for (let i = 0; i < asked.length; i += ASKED_AT_ONCE) {
    if (i > 0 && performance.now() > until) return { message: asked[i]!.message };
    const full = await withoutRoom(manager, info, asked.slice(i, i + ASKED_AT_ONCE), cleared);
    const end = await firstWithLoss(manager, info, full, { cleared, atOnce, until });
    if (end) return end;
  }
  return undefined;
}

/**
 * Clears the suspects on whose subjects there is room for more messages: the server has removed none of them. Such an answer is small,
 * whatever the messages are.
 * @returns the others
 */
async function withoutRoom(
  manager: JetStreamManager,
  { config: { name, max_msgs_per_subject: limit } }: StreamInfo,
  suspects: readonly Suspect[],
  cleared: Cleared,
): Promise<Suspect[]> {
  const countOf = async (subject: string) => {
    const { state } = await streamNow(manager, name, { subjects_filter: subject });
    return state.subjects?.[subject] ?? 0;
  };
  const counts = await Promise.all(suspects.map(({ message }) => countOf(message.subject)));
  return suspects.filter(({ message, gap }, i) => {
    const isFull = counts[i]! >= limit;
    if (!isFull) cleared.set(message.subject, gap.after);
    return isFull;
  });
}

/** Clears the suspects on whose subjects a message before the gap is still there: the server removes the oldest first. */
async function firstWithLoss(
  manager: JetStreamManager,
  { config }: StreamInfo,
  suspects: readonly Suspect[],
  { cleared, atOnce, until }: Asking,
): Promise<NotCleared | undefined> {
  const firstOf = ({ message }: Suspect) => nextOfSubject(manager, config.name, message.subject, 1);
  let done = 0;
  for await (const lot of atOnce.ask(suspects, firstOf)) {
    for (const [suspect, first] of lot) {
      const { message, gap } = suspect;
      if (!first || first.sequence > gap.after) return { message, loss: lossIn(config, suspect) };
      cleared.set(message.subject, gap.after);
    }
    const next = suspects[(done += lot.length)];
    if (next && performance.now() > until) return { message: next.message };
  }
  return undefined;
}

function lossIn(
  { name, max_msgs_per_subject: limit }: StreamInfo['config'],
  { message: { subject, sequence }, gap, key }: Suspect,
): SourceChanged {
  return new SourceChanged(
    'purged',
    `the stream ${name} keeps ${limit} messages per subject, and messages of the subject ${subject} may have been removed after ${gap.after} before they were applied: the event at ${sequence} does not stand for them, because the subject does not name ${key.words}; remove the limit or publish on subjects that do, then rebuild`,
  );
}

/** The first of each subject after each gap. */
function eachOnce(suspects: readonly Suspect[]): Suspect[] {
  const seen = new Set<string>();
  return suspects.filter(({ message, gap }) => {
    const which = `${gap.after} ${message.subject}`;
    return !seen.has(which) && seen.add(which);
  });
}

/**
 * Whether the server may have removed messages of a subject in a gap before they were read, according to the stream's leader.
 * @returns undefined if it removed none
 * @throws {LeaderInDoubt}
 */
export async function lossOn(
  manager: JetStreamManager,
  info: StreamInfo,
  suspect: Suspect,
): Promise<SourceChanged | undefined> {
  return (await firstNotCleared(manager, info, [suspect]))?.loss;
}
