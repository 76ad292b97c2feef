import type { Position } from './position.js';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFingerprintOf } from './fingerprint.js';
import type { Projection } from '../projection.js';
import { SourceChanged } from './source-changed.js';
import { isReplicated } from './stream-leader.js';
import { checkNext } from './next-message.js';
import { findStream, messageAt } from './stream.js';
import type { Cleared } from './subject-limit.js';

const EXAMINE_AGAIN_MS = 1_500;

/**
 * Checks that the position still belongs to the stream, for which the server may report another `created` by now. If a replicated stream
 * seems to have changed, checks again a moment later: a leader that was just elected may not have applied all of its own log yet, and one
 * that was paused may not know yet that another one was elected.
 * @param cleared the subjects that are known to have lost nothing
 * @returns the leader's answer about the stream
 * @throws {SourceChanged} with exactly what happened
 * @throws {LeaderInDoubt}
 */
export async function checkStream(
  projection: Projection,
  manager: JetStreamManager,
  name: string,
  position: Position,
  cleared: Cleared = new Map(),
): Promise<StreamInfo> {
  const examine = () => examineStream(projection, manager, name, position, cleared);
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
  cleared: Cleared,
): Promise<Examined> {
  const info = await findStream(manager, name);
  if (!info) return { info, change: new SourceChanged('missing', missingInWords(name, position)) };
  try {
    await checkSource(projection, manager, info, position, cleared);
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
  cleared: Cleared,
): Promise<void> {
  const name = info.config.name;
  if (position.streamCreated === null) return;
  if (position.stream !== name || position.streamCreated !== info.created)
    await checkSameStream(manager, info, position);
  const { first_seq: first, last_seq: last } = info.state;
  if (last < position.sequence) {
    throw new SourceChanged(
      'rewound',
      `the stream ${name} ends at ${last}, before the position ${position.sequence}: it has lost messages that were already applied`,
    );
  }
  // Nothing was applied yet: the list begins with whatever the stream holds.
  if (position.sequence > 0 || first <= 1) await checkNext(projection, manager, info, position, cleared);
  if (position.sequence > 0) await checkMessage(manager, info, position);
}

/**
 * A server may report another `created` for the same stream: nats-server 2.9 does when it is restarted after the stream's settings were
 * changed. Then the message at the position proves that it is the same stream.
 */
async function checkSameStream(manager: JetStreamManager, info: StreamInfo, position: Position): Promise<void> {
  const { name } = info.config;
  const { stream, streamCreated, sequence, fingerprint } = position;
  const message = stream === name && sequence > 0 ? await messageAt(manager, name, sequence) : undefined;
  if (message && isFingerprintOf(fingerprint, message)) return;
  const unproven =
    stream === name && !message
      ? `, and it holds no message at ${sequence}, which alone would prove that it is the same: see "A changed stream" in docs/operations.md`
      : '';
  throw new SourceChanged(
    'recreated',
    `the stream ${name} was made ${info.created}, but the position ${sequence} is of the stream ${stream} made ${streamCreated}${unproven}`,
  );
}

/** The message at the position, if it is still there, must be the one that was applied. */
async function checkMessage(manager: JetStreamManager, info: StreamInfo, position: Position): Promise<void> {
  const { name } = info.config;
  const { sequence, fingerprint, doubts } = position;
  const message = sequence < info.state.first_seq ? undefined : await messageAt(manager, name, sequence);
  if (message && !isFingerprintOf(fingerprint, message))
    throw new SourceChanged(
      'different-message',
      `the stream ${name} holds another message at ${sequence} than the one that was applied: it was rewound and has grown again`,
    );
  if (!message && doubts?.includes('rewound'))
    throw new SourceChanged(
      'different-message',
      `the stream ${name} was rewound, and does not hold the message at ${sequence}, which alone would prove that it is back: rebuild, or see "A changed stream" in docs/operations.md`,
    );
}
