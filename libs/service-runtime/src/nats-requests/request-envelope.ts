import { duplicateKey } from './duplicate-key.js';

/** A request as it arrived: bare JSON from a plain NATS client, or wrapped by a Nest `ClientProxy`. */
export type NatsRequest =
  | ({ readonly shape: 'bare' } & Contents)
  | ({ readonly shape: 'nest'; readonly id: string } & Contents)
  | { readonly shape: 'unreadable' };

interface Contents {
  readonly data: unknown;
  /** A key that stands twice in one object, so that it is not clear what is asked. */
  readonly givenTwice?: string | undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Tells the two kinds of requester apart. Nest's own deserializer takes every message without an `id` for an event and never
 * answers it, so plain requesters would run into their timeout.
 * An empty body, and an envelope without data or with an empty text (Nest's `send` takes no undefined), stand for a request
 * without parameters.
 */
export function readRequest(payload: Uint8Array): NatsRequest {
  if (payload.length === 0) return { shape: 'bare', data: {} };
  let body: unknown;
  let givenTwice: string | undefined;
  try {
    const text = utf8.decode(payload);
    body = JSON.parse(text);
    givenTwice = duplicateKey(text);
  } catch {
    return { shape: 'unreadable' };
  }
  if (isNestEnvelope(body))
    return { shape: 'nest', id: body.id, data: body.data === '' ? {} : (body.data ?? {}), givenTwice };
  return { shape: 'bare', data: body, givenTwice };
}

function isNestEnvelope(body: unknown): body is { id: string; pattern: unknown; data?: unknown } {
  return typeof body === 'object' && body !== null && 'pattern' in body && 'id' in body && typeof body.id === 'string';
}

/** Wraps finished JSON for the requester without parsing it. */
export function wrapAnswer(request: NatsRequest, json: Buffer): Buffer {
  return wrapAs('response', request, json);
}

export function wrapError(request: NatsRequest, json: Buffer): Buffer {
  return wrapAs('err', request, json);
}

function wrapAs(name: 'response' | 'err', request: NatsRequest, json: Buffer): Buffer {
  if (request.shape !== 'nest') return json;
  const end = `,"isDisposed":true,"id":${JSON.stringify(request.id)}}`;
  return Buffer.concat([Buffer.from(`{"${name}":`), json, Buffer.from(end)]);
}
