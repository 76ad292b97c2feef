import type { JetStreamManager } from '@nats-io/jetstream';
import { decode } from '#token-events/decode.js';
import type { DomainEvent } from '#token-events/events.js';
import { nextOfSubject, type KeptMessage } from '../consume/stream.js';

/** A token has few events; where all of them share one subject, this is as far as we look. */
const LOOKED_AT = 100;

/**
 * Whether the stream holds an earlier event of the same token and version, under the same subject. Then that one was applied, and
 * this one ignored: the producer has given one version to two states, and the tables are right all the same.
 */
export async function hadPredecessor(
  manager: JetStreamManager,
  stream: string,
  { subject, sequence }: KeptMessage,
  { data }: DomainEvent,
): Promise<boolean> {
  let from = 1;
  for (let looked = 0; looked < LOOKED_AT; looked += 1) {
    const message = await nextOfSubject(manager, stream, subject, from);
    if (!message || message.sequence >= sequence) return false;
    const decoded = decode(message.payload, message.headers);
    if (decoded.kind === 'event' && isSameVersion(decoded.event.data, data)) return true;
    from = message.sequence + 1;
  }
  return false;
}

function isSameVersion(one: DomainEvent['data'], other: DomainEvent['data']): boolean {
  return 'id' in one && 'id' in other && one.id === other.id && one.version === other.version;
}
