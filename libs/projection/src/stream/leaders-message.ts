import type { JetStreamManager } from '@nats-io/jetstream';
import { fingerprint, isFingerprintOf } from './fingerprint.js';
import { messageAt } from './stream.js';
import type { StreamMessage } from './stream-message.js';

/**
 * Replicas can differ because of a fault of the servers: after the leader was paused, a follower of nats-server 2.9 was seen to leave out
 * messages and to give their sequences to later ones. A consumer on it delivers without a gap, but everything from there on is wrong. So
 * checking the last message of a batch checks the whole batch.
 * @throws if the stream's leader holds another message at that sequence; if it holds none there (any more), that proves nothing
 */
export async function ensureLeaderHolds(
  manager: JetStreamManager,
  stream: string,
  message: StreamMessage,
): Promise<void> {
  const kept = await messageAt(manager, stream, message.sequence);
  if (!kept || isFingerprintOf(fingerprint(message), kept)) return;
  throw new Error(
    `the server delivered another message at ${message.sequence} than the leader of the stream ${stream} holds: their replicas differ`,
  );
}
