import { headers, type NatsConnection } from '@nats-io/transport-node';
import { AckInbox, type Ack } from './ack-inbox.js';
import { publishInWindow, withRetries } from './publish-window.js';
import type { SeedEvent } from './seed-event.js';
import type { Tally } from './tally.js';

/** Publishes every event and counts the acknowledgements of the stream. */
export async function publishSeed(
  connection: NatsConnection,
  { baseSubject, inboxPrefix }: { readonly baseSubject: string; readonly inboxPrefix?: string },
  events: Iterable<SeedEvent>,
  tally: Tally,
): Promise<void> {
  const inbox = new AckInbox(connection, inboxPrefix);
  try {
    await publishInWindow(
      events,
      ({ subject, event }) => publishOne(inbox, `${baseSubject}.${subject}`, event),
      ({ event }, ack) => tally.count(event.type, ack),
    );
  } finally {
    inbox.close();
  }
}

/** Every attempt carries the event's id, so a lost acknowledgement does not cause a second copy. */
async function publishOne(inbox: AckInbox, subject: string, event: SeedEvent['event']): Promise<Ack> {
  const body = JSON.stringify(event);
  const about = headers();
  about.set('Nats-Msg-Id', event.id);
  about.set('content-type', 'application/cloudevents+json');
  try {
    return await withRetries(() => inbox.publish(subject, body, about));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`publishing on ${subject} failed again and again: ${reason}`, { cause: error });
  }
}
