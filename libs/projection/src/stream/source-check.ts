import { type Position } from './position.js';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeOrReject } from './decode-or-reject.js';
import { isFingerprintOf } from './fingerprint.js';
import type { Projection } from '../projection.js';
import { SourceChanged } from './source-changed.js';
import { isReplicated } from './stream-leader.js';
import { followGaps, lossOn } from './subject-limit.js';
import { findStream, messageAt, nextOfSubject, type KeptMessage } from './stream.js';

const EXAMINE_AGAIN_MS = 1_500;

/** With a limit per subject the server removes old messages because newer ones carry the whole state: missing sequences are normal. */
export function isCompacted({ config }: StreamInfo): boolean {
  return config.max_msgs_per_subject > 0;
}

/**
 * Checks that the position still belongs to the stream. If a replicated stream seems to have changed, checks again a moment later: a leader
 * that was just elected may not have applied all of its own log yet, and one that was paused may not know yet that another one was elected.
 * @returns the leader's answer about the stream
 * @throws {SourceChanged} with exactly what happened
 * @throws {LeaderInDoubt}
 */
export async function checkStream(
  projection: Projection,
  manager: JetStreamManager,
  name: string,
  position: Position,
): Promise<StreamInfo> {
  const examine = () => examineStream(projection, manager, name, position);
  const first = await examine();
  if (!first.change) return first.info;
  if (first.info && !isReplicated(first.info)) throw first.change;
  await sleep(EXAMINE_AGAIN_MS);
  const second = await examine();
  if (second.change) throw second.change;
  return second.info;
}

/**
 * How the stream has changed since the position was stored; undefined while the position belongs to it, or was never in any stream.
 * @throws {LeaderInDoubt}
 */
export async function changeSince(
  projection: Projection,
  manager: JetStreamManager,
  name: string,
  position: Position,
): Promise<SourceChanged | undefined> {
  if (position.streamCreated === null) return undefined;
  try {
    await checkStream(projection, manager, name, position);
    return undefined;
  } catch (error) {
    if (error instanceof SourceChanged) return error;
    throw error;
  }
}

type Examined =
  | { readonly info: StreamInfo; readonly change?: undefined }
  | { readonly info: StreamInfo | undefined; readonly change: SourceChanged };

async function examineStream(
  projection: Projection,
  manager: JetStreamManager,
  name: string,
  position: Position,
): Promise<Examined> {
  const info = await findStream(manager, name);
  if (!info) return { info, change: new SourceChanged('missing', missingInWords(name, position)) };
  try {
    await checkSource(projection, manager, info, position);
    return { info };
  } catch (error) {
    if (error instanceof SourceChanged) return { info, change: error };
    throw error;
  }
}

/** A stream that never existed is not lost: a setting may be wrong. */
function missingInWords(name: string, { stream, sequence }: Position): string {
  if (stream === null || stream === name) return `the stream ${name} is gone; the position in it was ${sequence}`;
  return `there is no stream ${name}, and the position ${sequence} is of the stream ${stream}: is NATS_STREAM right?`;
}

/**
 * Compares the stream with the stored position. Servers do not report a start sequence they cannot serve: up to 2.10 they clamp it, from
 * 2.11 on they deliver nothing until the stream has grown past it. Both lose events silently.
 * @throws {SourceChanged} with exactly what happened
 */
async function checkSource(
  projection: Projection,
  manager: JetStreamManager,
  info: StreamInfo,
  position: Position,
): Promise<void> {
  const name = info.config.name;
  if (position.streamCreated === null) return;
  if (position.stream !== name || position.streamCreated !== info.created) {
    throw new SourceChanged(
      'recreated',
      `the stream ${name} was made ${info.created}, but the position ${position.sequence} is of the stream ${position.stream} made ${position.streamCreated}`,
    );
  }
  const { first_seq: first, last_seq: last } = info.state;
  if (last < position.sequence) {
    throw new SourceChanged(
      'rewound',
      `the stream ${name} ends at ${last}, before the position ${position.sequence}: it has lost messages that were already applied`,
    );
  }
  // Nothing was applied yet: the list begins with whatever the stream holds.
  if (position.sequence > 0 || first <= 1) await checkNext(projection, manager, info, position);
  if (position.sequence < first || position.sequence === 0) return;
  const message = await messageAt(manager, name, position.sequence);
  if (message && !isFingerprintOf(position.fingerprint, message)) {
    throw new SourceChanged(
      'different-message',
      `the stream ${name} holds another message at ${position.sequence} than the one that was applied: it was rewound and has grown again`,
    );
  }
}

/** The message after the position must still be there: the very next sequence, or, with a limit per subject, any later message. */
async function checkNext(
  projection: Projection,
  manager: JetStreamManager,
  info: StreamInfo,
  position: Position,
): Promise<void> {
  const { name } = info.config;
  const { sequence } = position;
  const { first_seq: first, last_seq: last } = info.state;
  if (last === sequence) return;
  if (isCompacted(info)) {
    const next = await nextOfSubject(manager, name, '>', sequence + 1);
    if (next) return makeSureNothingIsHidden(projection, manager, info, position, next);
  } else if (first <= sequence + 1 && (await messageAt(manager, name, sequence + 1))) return;
  throw new SourceChanged(
    'purged',
    first > sequence + 1
      ? `the stream ${name} begins at ${first}, after the position ${sequence}: the messages between were removed before they were applied`
      : `the stream ${name} ends at ${last}, but the message after the position ${sequence} was removed before it was applied${ofMirror(info)}`,
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
  const loss = suspect && (await lossOn(manager, info, suspect));
  if (loss) throw loss;
}
