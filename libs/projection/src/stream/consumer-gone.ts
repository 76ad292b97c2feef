import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';

const CONSUMER_NOT_FOUND = 10_014;
const NO_RESPONDERS = 503;

/**
 * Thrown when the server has no such consumer any more: after five minutes without a request, because nobody took what had been
 * read ahead, it forgets one. Or when messages of it were lost on the way, over which the client makes another one: so after a
 * server that stood still for a second or two was asked twice.
 */
export class ConsumerGone extends Error {
  override readonly name = 'ConsumerGone';
}

/** What the client says of a consumer that is not there, as that; anything else as it is. */
export function sayingGone(error: Error): Error {
  const { code } = error as { readonly code?: unknown };
  const isGone =
    (error instanceof JetStreamApiError && code === CONSUMER_NOT_FOUND) ||
    (error instanceof JetStreamError && code === NO_RESPONDERS);
  return isGone ? new ConsumerGone('the server has no such consumer any more', { cause: error }) : error;
}
