import { headers as natsHeaders, RequestError, TimeoutError, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { NoAnswerError } from './errors.js';
import type { SendOptions, Transport, WireAnswer, WireRequest } from './transport.js';

/**
 * Requests over NATS, answered at the connection's own inboxes.
 * @param connection stays the caller's, who also closes it
 * @param prefix of the request subjects, the service's NATS_SUBJECT_PREFIX
 */
export function overNats(
  connection: NatsConnection,
  { prefix = 'tokens' }: { readonly prefix?: string } = {},
): Transport {
  return { send: (request, options) => send(connection, prefix, request, options) };
}

async function send(
  connection: NatsConnection,
  prefix: string,
  { operation, parameters, headers }: WireRequest,
  { timeoutMs, signal }: SendOptions,
): Promise<WireAnswer> {
  signal?.throwIfAborted();
  const subject = `${prefix}.${operation}`;
  const sent = natsHeaders();
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  const options = { headers: sent, timeout: Math.ceil(timeoutMs) };
  try {
    const message = await unlessAborted(connection.request(subject, JSON.stringify(parameters), options), signal);
    return wireAnswerOf(message);
  } catch (error) {
    if (!isAway(error)) throw error;
    throw new NoAnswerError(`There is no answer at ${subject}: ${error.message}`, { cause: error });
  }
}

/** Nobody listens at the subject, or the answer takes too long. A closed connection, for instance, comes back never. */
function isAway(error: unknown): error is Error {
  return error instanceof TimeoutError || (error instanceof RequestError && error.isNoResponders());
}

function wireAnswerOf(message: Msg): WireAnswer {
  const headers = new Headers();
  for (const [name, values] of message.headers ?? []) for (const value of values) headers.append(name, value);
  return { status: Number(headers.get('Nats-Service-Error-Code') ?? 200), headers, body: message.string() };
}

/** A request over NATS cannot be taken back; its answer is then ignored. */
async function unlessAborted<T>(answered: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answered;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answered, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
