import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { decodeOrReject } from './decode-or-reject.js';
import type { Position } from './position.js';
import { SourceChanged } from './source-changed.js';
import { findStream, messageAt, nextOfSubject, type KeptMessage } from './stream.js';
import { firstNotCleared, type GappedStream } from './lost-in-gaps.js';
import {
  followGaps,
  isCleared,
  isCompacted,
  isInDoubt,
  lowestLimit,
  type Cleared,
  type Suspect,
} from './subject-limit.js';

/**
 * The message after the position must still be there: the very next sequence, or, with a limit per subject, any later message.
 * @param cleared the subjects that are known to have lost nothing
 */
export async function checkNext(
  projection: Projection,
  manager: JetStreamManager,
  info: StreamInfo,
  position: Position,
  cleared: Cleared,
): Promise<void> {
  const { name } = info.config;
  const { sequence } = position;
  const { first_seq: first, last_seq: last } = info.state;
  if (last === sequence) return;
  // After a loss nothing but the very next message proves that there is none, whatever limits the stream has now.
  const hasLost = position.doubts?.includes('purged') ?? false;
  if (isCompacted(info) || hasLost || isInDoubt(position)) {
    const next = await nextOfSubject(manager, name, '>', sequence + 1);
    const suspect = next && suspectIn(projection, info, position, next);
    // A subject that was cleared may have reached its limit since, over messages that are read already.
    if (suspect && !isCleared(cleared, suspect))
      await makeSureNothingIsHidden({ projection, manager, info }, position, suspect);
    if (next && ((isCompacted(info) && !hasLost) || next.sequence === sequence + 1)) return;
  } else if (first <= sequence + 1 && (await messageAt(manager, name, sequence + 1))) return;
  throw new SourceChanged(
    'purged',
    first > sequence + 1
      ? `the stream ${name} begins at ${first}, after the position ${sequence}: the messages between were removed before they were applied`
      : `the stream ${name} ends at ${last}, but the message after the position ${sequence} was removed before it was applied${ofMirror(info)}`,
    !isCompacted(info) && (await mayBeLimitedAtOrigin(manager, info)),
  );
}

/** The origin of a mirror may have removed what the mirror lacks, unless it is known to have no limit per subject. */
async function mayBeLimitedAtOrigin(manager: JetStreamManager, { config: { mirror } }: StreamInfo): Promise<boolean> {
  if (!mirror) return false;
  const origin = mirror.external ? undefined : await findStream(manager, mirror.name).catch(() => undefined);
  return !origin || isCompacted(origin);
}

/** A mirror lacks the messages that its origin removed before the copy, and it does not report its origin's limits. */
function ofMirror({ config }: StreamInfo): string {
  if (!config.mirror) return '';
  return `, from it or from ${config.mirror.name}, of which it is a mirror: where that has a limit per subject, set the same max_msgs_per_subject on the mirror`;
}

/** The next message to read, if it comes after a gap and does not stand for earlier ones of its subject. */
function suspectIn(
  projection: Projection,
  { state }: StreamInfo,
  position: Position,
  next: KeptMessage,
): Suspect | undefined {
  if (position.sequence === 0) return undefined;
  const message = { ...next, decoded: decodeOrReject(projection, next.payload, next.headers) };
  return followGaps(projection, position, [message], state.last_seq).suspects[0];
}

/** Messages of the subject of the next message that are missing before it are lost. */
async function makeSureNothingIsHidden(
  stream: Omit<GappedStream, 'limit'>,
  position: Position,
  suspect: Suspect,
): Promise<void> {
  const { manager, info } = stream;
  const limit = lowestLimit(info, position);
  const { loss } = (await firstNotCleared({ ...stream, limit }, [suspect])) ?? {};
  if (loss) throw loss;
  if (!position.doubts?.includes('purged')) return;
  // A limit that is higher by now, or gone, brings nothing back.
  const { name } = info.config;
  const { subject } = suspect.message;
  const kept = await nextOfSubject(manager, name, subject, 1);
  if (kept && kept.sequence <= suspect.gap.after) return;
  throw new SourceChanged(
    'purged',
    `the stream ${name} kept fewer messages per subject: messages of the subject ${subject} may have been removed after ${suspect.gap.after} before they were applied: rebuild, or see "A changed stream" in docs/operations.md`,
  );
}
