import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { decodeOrReject } from './decode-or-reject.js';
import type { Position } from './position.js';
import { SourceChanged } from './source-changed.js';
import { messageAt, nextOfSubject, type KeptMessage } from './stream.js';
import { followGaps, isCompacted, lossOn } from './subject-limit.js';

/** The message after the position must still be there: the very next sequence, or, with a limit per subject, any later message. */
export async function checkNext(
  projection: Projection,
  manager: JetStreamManager,
  info: StreamInfo,
  position: Position,
): Promise<void> {
  const { name } = info.config;
  const { sequence } = position;
  const { first_seq: first, last_seq: last } = info.state;
  if (last === sequence) return;
  // After a loss nothing but the very next message proves that there is none, whatever limits the stream has now.
  const hasLost = position.mismatch === 'purged';
  if (isCompacted(info) || hasLost) {
    const next = await nextOfSubject(manager, name, '>', sequence + 1);
    if (next) await makeSureNothingIsHidden(projection, manager, info, position, next);
    if (next && (!hasLost || next.sequence === sequence + 1)) return;
  } else if (first <= sequence + 1 && (await messageAt(manager, name, sequence + 1))) return;
  throw new SourceChanged(
    'purged',
    first > sequence + 1
      ? `the stream ${name} begins at ${first}, after the position ${sequence}: the messages between were removed before they were applied`
      : `the stream ${name} ends at ${last}, but the message after the position ${sequence} was removed before it was applied${ofMirror(info)}`,
    info.config.mirror !== undefined,
  );
}

/** A mirror lacks the messages that its origin removed before the copy, and it does not report its origin's limits. */
function ofMirror({ config }: StreamInfo): string {
  if (!config.mirror) return '';
  return `, from it or from ${config.mirror.name}, of which it is a mirror: where that has a limit per subject, set the same max_msgs_per_subject on the mirror`;
}

/**
 * Checks the next message to read: if its subject is used for several keys, messages of that subject that are missing before it are lost.
 */
async function makeSureNothingIsHidden(
  projection: Projection,
  manager: JetStreamManager,
  info: StreamInfo,
  position: Position,
  next: KeptMessage,
): Promise<void> {
  if (position.sequence === 0) return;
  const message = { ...next, decoded: decodeOrReject(projection, next.payload, next.headers) };
  const [suspect] = followGaps(projection, position, [message], info.state.last_seq).suspects;
  const loss = suspect && isCompacted(info) && (await lossOn(manager, info, suspect));
  if (loss) throw loss;
  if (!suspect || position.mismatch !== 'purged') return;
  // A limit that is higher by now, or gone, brings nothing back.
  const { subject } = next;
  const kept = await nextOfSubject(manager, info.config.name, subject, 1);
  if (kept && kept.sequence <= suspect.gap.after) return;
  throw new SourceChanged(
    'purged',
    `the stream ${info.config.name} kept fewer messages per subject: messages of the subject ${subject} may have been removed after ${suspect.gap.after} before they were applied; rebuild`,
  );
}
