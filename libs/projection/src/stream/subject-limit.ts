import { type Gap, type Position } from './position.js';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { EventKey, Projection } from '../projection.js';
import { SourceChanged } from './source-changed.js';
import { nextOfSubject, streamNow } from './stream.js';
import type { StreamMessage } from './stream-message.js';
import { namesKey } from './subject-names.js';

/*
 * Under a limit of messages per subject old messages go because newer ones of their subject have come. Where a subject names the key of its
 * events, the newer ones say all that the old ones said. Where it does not, what went before it was read is lost.
 */

/** An event after a gap, on a subject that may be used for several keys: messages of that subject may have been in the gap. */
export interface Suspect {
  readonly message: StreamMessage;
  readonly gap: Gap;
  /** What the subject does not name. */
  readonly key: EventKey;
}

/** Sequences up to this one were in the stream when the first gap was met; whatever went before the reading began is not missed. */
export function beginning(head: number): Gap {
  return { after: 0, until: head };
}

/**
 * Follows the gaps through messages in the order of the stream.
 * @param head at least the last sequence that the stream had when the last of the messages was delivered
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

/**
 * Whether messages of a subject were removed in a gap before they were read, as far as the stream's leader can tell.
 * @returns undefined when none were
 * @throws {LeaderInDoubt}
 */
export async function lossOn(
  manager: JetStreamManager,
  { config }: StreamInfo,
  { message: { subject, sequence }, gap, key }: Suspect,
): Promise<SourceChanged | undefined> {
  const { name, max_msgs_per_subject: limit } = config;
  const first = await nextOfSubject(manager, name, subject, 1);
  if (first && first.sequence <= gap.after) return undefined;
  const { state } = await streamNow(manager, name, { subjects_filter: subject });
  if ((state.subjects?.[subject] ?? 0) < limit) return undefined;
  return new SourceChanged(
    'purged',
    `the stream ${name} keeps ${limit} messages per subject, and messages of the subject ${subject} may have been removed after ${gap.after} before they were applied: the event at ${sequence} does not stand for them, because the subject does not name ${key.words}; remove the limit or publish on subjects that do, then rebuild`,
  );
}
