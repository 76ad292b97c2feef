import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { CloudEvent } from './builders.js';
import type { TestStream } from './stream.js';

type To = Pick<TestStream, 'nats' | 'prefix'>;

const IN_FLIGHT = 500;
const TIMEOUT_MS = 20_000;

/** Publishes events in their order on the same subjects as our own tools. @returns the stream sequence of the last one */
export async function publish(to: To, events: CloudEvent | readonly CloudEvent[]): Promise<number> {
  const client = jetstream(to.nats, { timeout: TIMEOUT_MS });
  const all: readonly CloudEvent[] = 'type' in events ? [events] : events;
  let last = 0;
  for (let i = 0; i < all.length; i += IN_FLIGHT) {
    const lot = all
      .slice(i, i + IN_FLIGHT)
      .map((event) => send(client, `${to.prefix}.events.${subjectOf(event)}`, JSON.stringify(event)));
    last = Math.max(...(await Promise.all(lot)));
  }
  return last;
}

/** Publishes any bytes. @param subject the part after `<prefix>.events.` @returns the stream sequence */
export function publishRaw(
  to: To,
  payload: string | Uint8Array,
  {
    subject = 'raw',
    headers = {},
  }: { readonly subject?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  return send(jetstream(to.nats, { timeout: TIMEOUT_MS }), `${to.prefix}.events.${subject}`, payload, headers);
}

async function send(
  client: JetStreamClient,
  subject: string,
  payload: string | Uint8Array,
  values: Readonly<Record<string, string>> = {},
): Promise<number> {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(values)) headers.append(name, value);
  const { seq } = await client.publish(subject, payload, { headers });
  return seq;
}

/** The subject that our own tools would use, after `<prefix>.events.`. An event of an unknown type may have any data. */
export function subjectOf({ type, data }: CloudEvent): string {
  const { id, tokenGroupId, version } = data as Readonly<Record<string, number | undefined>>;
  if (type.startsWith('token-group.')) return `token-group.${tokenGroupId}.${version}`;
  return id === undefined ? 'other' : `token.${id}`;
}
