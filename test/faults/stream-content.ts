import { jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { HeaderEntries } from '#token-events/cloud-event.js';
import type { TestStream } from '../support/stream.js';

/** A message as the stream holds it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: HeaderEntries;
  readonly payload: Uint8Array;
}

export async function headOf({ nats, name }: TestStream): Promise<number> {
  return (await (await jetstreamManager(nats)).streams.info(name)).state.last_seq;
}

/** Reads the whole stream back. */
export async function contentOf({ nats, name }: TestStream): Promise<StoredMessage[]> {
  const info = await (await jetstreamManager(nats)).streams.info(name);
  const content: StoredMessage[] = [];
  if (info.state.messages === 0) return content;
  const consumer = await jetstream(nats).consumers.get(name);
  for await (const message of await consumer.consume({ max_messages: 5_000 })) {
    content.push(stored(message));
    if (message.info.streamSequence >= info.state.last_seq) break;
  }
  await consumer.delete();
  return content;
}

function stored({ seq, subject, headers, data }: JsMsg): StoredMessage {
  return { sequence: seq, subject, headers: headers ?? [], payload: data };
}
