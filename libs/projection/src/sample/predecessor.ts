import type { JetStreamManager } from '@nats-io/jetstream';
import type { ProjectedEvent, Projection } from '../projection.js';
import { decodeOrReject } from '../stream/decode-or-reject.js';
import { nextOfSubject, type KeptMessage } from '../stream/stream.js';

/** A key has few events. If all keys share one subject, no more than this many messages are read. */
const LOOKED_AT = 100;

/**
 * Whether the stream holds an earlier event of the same key and version, under the same subject. Then the projector applied that one and
 * ignored this one: the producer has given one version to two states, and the tables are still right.
 */
export async function hadPredecessor(
  projection: Projection,
  manager: JetStreamManager,
  stream: string,
  { subject, sequence }: KeptMessage,
  event: ProjectedEvent,
): Promise<boolean> {
  let from = 1;
  for (let looked = 0; looked < LOOKED_AT; looked += 1) {
    const message = await nextOfSubject(manager, stream, subject, from);
    if (!message || message.sequence >= sequence) return false;
    const decoded = decodeOrReject(projection, message.payload, message.headers);
    if (decoded.kind === 'event' && projection.isSameVersion(decoded.event, event)) return true;
    from = message.sequence + 1;
  }
  return false;
}
