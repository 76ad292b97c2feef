import { jetstream, jetstreamManager, type JetStreamManager, type JsMsg, type StreamInfo } from '@nats-io/jetstream';
import type { HeaderEntries } from '#token-contract/cloud-event.js';
import { eventually } from '../support/eventually.js';
import type { TestStream } from '../support/stream.js';

/** A message as the stream holds it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: HeaderEntries;
  readonly payload: Uint8Array;
}

export async function headOf(stream: TestStream): Promise<number> {
  return (await infoOf(stream)).state.last_seq;
}

/** On a cluster a leader may just be elected, of the stream or of JetStream itself. */
function infoOf({ nats, name }: Pick<TestStream, 'nats' | 'name'>): Promise<StreamInfo> {
  const ask = async () => (await jetstreamManager(nats, { checkAPI: false })).streams.info(name);
  return eventually('the stream to be told of', ask, { within: 30_000 });
}

/** Reads the whole stream back. */
export async function contentOf({ nats, name }: TestStream): Promise<StoredMessage[]> {
  const info = await infoOf({ nats, name });
  const content: StoredMessage[] = [];
  if (info.state.messages === 0) return content;
  if (info.cluster) return heldByLeader(await jetstreamManager(nats), name, info.state);
  const consumer = await jetstream(nats).consumers.get(name);
  for await (const message of await consumer.consume({ max_messages: 5_000 })) {
    content.push(stored(message));
    if (message.info.streamSequence >= info.state.last_seq) break;
  }
  await consumer.delete();
  return content;
}

const ASKED_AT_ONCE = 100;

/** On a cluster a consumer may be on a replica that differs from the leader. */
async function heldByLeader(
  manager: JetStreamManager,
  name: string,
  { first_seq: first, last_seq: last }: { readonly first_seq: number; readonly last_seq: number },
): Promise<StoredMessage[]> {
  const content: StoredMessage[] = [];
  for (let from = first; from <= last; from += ASKED_AT_ONCE) {
    const sequences = Array.from({ length: Math.min(ASKED_AT_ONCE, last - from + 1) }, (_, i) => from + i);
    const lot = await Promise.all(sequences.map((seq) => manager.streams.getMessage(name, { seq })));
    for (const message of lot)
      if (message)
        content.push({
          sequence: message.seq,
          subject: message.subject,
          headers: message.header ?? [],
          payload: message.data,
        });
  }
  return content;
}

function stored({ seq, subject, headers, data }: JsMsg): StoredMessage {
  return { sequence: seq, subject, headers: headers ?? [], payload: data };
}
