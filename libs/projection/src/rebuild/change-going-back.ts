import type { JetStreamManager } from '@nats-io/jetstream';
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
