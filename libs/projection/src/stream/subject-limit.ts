import type { StreamInfo } from '@nats-io/jetstream';
import type { EventKey, Projection } from '../projection.js';
import { isOfServer } from './decode-or-reject.js';
import { formsOfEvents } from './event-forms.js';
import { type Gap, type Position } from './position.js';
import type { StreamMessage } from './stream-message.js';
import { formOf, namesKey } from './subject-names.js';

/*
 * With a limit of messages per subject the server removes old messages when newer ones of their subject arrive. If a subject names the key
 * of its events, the newer events carry everything that the old ones said. If it does not, or the newer message is of an unknown
 * type, messages that were removed before they were read are lost. Only on subjects of a form on which no event came do messages of
 * unknown types replace nothing but their like.
 */

/** With a limit per subject the server removes old messages because newer ones carry the whole state: missing sequences are normal. */
export function isCompacted({ config }: StreamInfo): boolean {
  return config.max_msgs_per_subject > 0;
}

/** Whether messages that are read next may be all that is left of their subjects, whatever limit the stream has now. */
export function isInDoubt({ gap, sequence }: Position): boolean {
  return !!gap && gap.after > 0 && gap.until > sequence;
}

/** The lowest limit that may have removed messages after the position. If none is known, any may have been there. */
export function lowestLimit(info: StreamInfo, { subjectLimit }: Position): number {
  const known = [isCompacted(info) ? info.config.max_msgs_per_subject : null, subjectLimit ?? null];
  return Math.min(...known.filter((limit) => limit !== null), known.every((limit) => limit === null) ? 1 : Infinity);
}

/** A message after a gap that does not stand for earlier ones of its subject, which may have been in the gap. */
export interface Suspect {
  readonly message: StreamMessage;
  readonly gap: Gap;
  /** The key of an event whose subject may be used for several keys; undefined if the message is of an unknown type. */
  readonly key: EventKey | undefined;
}

/**
 * The gap at the start: sequences up to `head` were in the stream when the first gap was seen. Messages removed before reading began do not
 * count as missing.
 */
export function beginning(head: number): Gap {
  return { after: 0, until: head };
}

/** The gap of a stored position. An operator's word that nothing is lost holds up to the `head` of now. */
export function gapToBeginWith({ sequence, gap = null }: Position, head: number): Gap | null {
  return sequence === 0 || gap?.until === Infinity ? beginning(head) : gap;
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
  let forms: ReadonlySet<string> | undefined;
  for (const message of messages) {
    const isFirst = gap?.after === 0 && message.sequence - 1 <= gap.until;
    if (message.sequence > sequence + 1 && !isFirst) gap = { after: sequence, until: head };
    ({ sequence } = message);
    const { decoded, subject } = message;
    if (!gap || gap.after === 0 || sequence > gap.until) continue;
    // A message that cannot be applied becomes a dead letter, which is a mark of its own: nothing stops for it.
    if (decoded.kind === 'rejected' || isOfServer(decoded)) continue;
    const key = decoded.kind === 'event' ? projection.keyOf(decoded.event) : undefined;
    if (!key && !(forms ??= formsOfEvents(position, messages)).has(formOf(subject))) continue;
    if (!key || !namesKey(subject, key)) suspects.push({ message: message as StreamMessage, gap, key });
  }
  return { gap, suspects };
}

/** For each subject the gap that is known to have lost none of its messages, or none but such for which an event stands. */
export type Cleared = Map<string, number>;

/** With more of them, all are asked about again. */
export const MOST_CLEARED = 10_000;

/** The name under which a subject is cleared of messages of unknown types only. No subject has a space. */
export function unknownOn(subject: string): string {
  return `unknown ${subject}`;
}

export function isCleared(cleared: Cleared, { message: { subject }, gap, key }: Suspect): boolean {
  return cleared.get(subject) === gap.after || (!key && cleared.get(unknownOn(subject)) === gap.after);
}
