import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isStreamMissing } from '../connect/nats.js';
import { withPermissionHint } from '../connect/refusal.js';
import type { StreamStatus } from './status.js';

const ANSWER_WITHIN_MS = 4_000;

/** @throws when the stream does not exist, or JetStream does not answer */
export async function readStream(connection: NatsConnection, name: string): Promise<StreamStatus> {
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS });
    const { created, state } = await manager.streams.info(name);
    return {
      name,
      created,
      firstSequence: state.first_seq,
      lastSequence: state.last_seq,
      messages: state.messages,
      bytes: state.bytes,
    };
  } catch (error) {
    if (isStreamMissing(error)) throw new Error(`there is no stream ${name}; is NATS_STREAM right?`, { cause: error });
    const known = withPermissionHint(error);
    const reason = known instanceof Error ? known.message : String(known);
    throw new Error(`JetStream does not tell about the stream ${name}: ${reason}`, { cause: error });
  }
}
