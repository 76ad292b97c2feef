import type { JetStreamManager } from '@nats-io/jetstream';
import type { ProjectedEvent, Projection } from '../projection.js';
import { decodeOrReject } from '../stream/decode-or-reject.js';
import { nextOfSubject, type KeptMessage } from '../stream/stream.js';

/** A key has few events; where all keys share one subject, this is as far as we look. */
const LOOKED_AT = 100;

/**
 * Whether the stream holds an earlier event of the same key and version, under the same subject. Then that one was applied, and
 * this one ignored: the producer has given one version to two states, and the tables are right all the same.
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
