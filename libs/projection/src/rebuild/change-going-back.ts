import type { JetStreamManager } from '@nats-io/jetstream';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Projection } from '../projection.js';
import type { Position } from '../stream/position.js';
import { changeSince } from '../stream/source-check.js';
import { isCompacted } from '../stream/subject-limit.js';
import { SourceChanged } from '../stream/source-changed.js';
import { findStream } from '../stream/stream.js';

/**
 * How the stream has changed since a generation was replaced; undefined if that generation can continue from it. If `to.sequence` is 0, the
 * generation has applied nothing, so the one that replaced it may have applied messages that are gone.
 */
export async function changeSinceGoingBack(
  projection: Projection,
  manager: JetStreamManager,
  name: string,
  to: Position,
): Promise<SourceChanged | undefined> {
  const change = await changeSince(projection, manager, name, to);
  if (change || to.sequence > 0) return change;
  const info = await findStream(manager, name);
  if (!info || info.state.first_seq <= 1 || isCompacted(info)) return undefined;
  return new SourceChanged(
    'purged',
    `the stream ${name} begins at ${info.state.first_seq}, and nothing of it is applied to generation ${to.generation}`,
  );
}

/**
 * A halt over lost messages is about the position of the live generation. The stream may still hold what follows an earlier position, and a
 * generation that continues from there passes over the lost messages without noticing, if the stream has a limit per subject.
 * @param to the position of the previous generation
 * @throws {ServiceError} 409 while the stream has not disproved the loss
 */
export async function ensureNoLossIsPassedOver(
  projection: Projection,
  manager: JetStreamManager,
  to: Position,
  live: Position,
): Promise<void> {
  const { stream, streamCreated, doubts = [] } = live;
  if (to.stream !== stream || to.streamCreated !== streamCreated || stream === null) return;
  if (!doubts.includes('purged') || to.sequence >= live.sequence) return;
  const loss = await changeSince(projection, manager, stream, live);
  if (!loss) return;
  const info = await findStream(manager, stream);
  const would =
    info && isCompacted(info)
      ? `would go on from ${to.sequence} without the lost messages, and would not be marked as stale; rebuild, or send it again with acceptStale (--frozen) if you want that`
      : `is at ${to.sequence}, lacks the lost messages as well, and could not go on; rebuild`;
  throw new ServiceError(
    409,
    `Not gone back: the projector is halted at ${live.sequence}, because ${loss.message}. Generation ${to.generation} ${would}.`,
  );
}
