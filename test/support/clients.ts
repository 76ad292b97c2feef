import { headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from './eventually.js';
import { signToken } from './jwt.js';

/** An answer over HTTP or NATS. */
export interface Reply {
  /** The HTTP status; over NATS the service error code, or 200. */
  readonly status: number;
  /** The body as received. */
  readonly body: string;
  readonly headers: Headers;
  /** The body read as JSON. */
  json<T = unknown>(): T;
}

/** Ready-made `?a=1&b=2` if the spelling matters, or names and values. */
export type Params = string | Readonly<Record<string, string | number | boolean>>;

export interface HttpOptions {
  /** A JWT; left out: one that sees all customers; null: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
}

export async function httpRequest(url: string, options: HttpOptions = {}): Promise<Reply> {
  const { token = await signToken(), headers, method = 'GET', body } = options;
  const response = await fetch(url, {
    method,
    // To compress and to decompress thousands of answers would only cost time: test/query/compression.spec.ts does.
    headers: {
      'accept-encoding': 'identity',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return reply(response.status, await response.text(), response.headers);
}

/** `GET /v2/tokens`. @param queryUrl the address of the query app */
export function httpList(queryUrl: string, params: Params = {}, options: HttpOptions = {}): Promise<Reply> {
  return httpRequest(`${queryUrl}/v2/tokens${queryString(params)}`, options);
}

/** A request in the form of a plain NATS client of any language. @param body a JSON object, or a text that is sent unchanged */
export async function natsRequest(
  nats: NatsConnection,
  subject: string,
  body: string | object = '',
  headers: Readonly<Record<string, string>> = {},
  timeout = 10_000,
): Promise<Reply> {
  const sent = natsHeaders();
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const message = await nats.request(subject, payload, { headers: sent, timeout });
  const received = new Headers();
  for (const [name, values] of message.headers ?? []) for (const value of values) received.append(name, value);
  return reply(Number(received.get('nats-service-error-code') ?? 200), message.string(), received);
}

/** A backlog of thousands of events takes its time on a busy machine. */
const PATIENCE = { within: 30_000 };

/** Waits until the query app answers from a read model that holds everything up to the sequence. */
export async function waitForPosition(queryUrl: string, sequence: number, options: HttpOptions = {}): Promise<void> {
  await eventually(
    `the read model to reach position ${sequence}`,
    async () => {
      const { status, headers, body } = await httpList(queryUrl, { limit: 1 }, options);
      const position = headers.get('x-read-position');
      if (position === null || Number(position) < sequence)
        throw new Error(`${status} at position ${position}: ${body.slice(0, 200)}`);
      return true;
    },
    PATIENCE,
  );
}

function reply(status: number, body: string, headers: Headers): Reply {
  return { status, body, headers, json: <T>() => JSON.parse(body) as T };
}

function queryString(params: Params): string {
  if (typeof params === 'string') return params;
  const pairs = Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]);
  const text = new URLSearchParams(pairs).toString();
  return text && `?${text}`;
}
