import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';

const CONSUMER_NOT_FOUND = 10_014;
const NO_RESPONDERS = 503;

/**
 * Thrown if the server no longer has the consumer. The server drops a consumer after a while without a request, which happens when no
 * caller takes the messages that were read ahead. Also thrown if messages were lost on the way and the client created another consumer:
 * this happens after a server that paused for a second or two got two requests.
 */
export class ConsumerGone extends Error {
  override readonly name = 'ConsumerGone';
}

/** Turns the client's error about a missing consumer into {@link ConsumerGone}; returns other errors unchanged. */
export function sayingGone(error: Error): Error {
  const { code } = error as { readonly code?: unknown };
  const isGone =
    (error instanceof JetStreamApiError && code === CONSUMER_NOT_FOUND) ||
    (error instanceof JetStreamError && code === NO_RESPONDERS);
  return isGone ? new ConsumerGone('the server has no such consumer any more', { cause: error }) : error;
}
