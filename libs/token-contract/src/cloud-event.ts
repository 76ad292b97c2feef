import { parseExactly } from './exact-json.js';

/** The part of a NATS message's headers that decoding needs. */
export type HeaderEntries = Iterable<readonly [string, readonly string[]]>;

/** CloudEvents attributes and `data`, from either content mode, not yet checked. */
export type Envelope = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const CE_PREFIX = 'ce-';

/**
 * Reads the CloudEvent from a message. Structured mode: the body is the event. Binary mode (`ce-*` headers): the body is `data`, and header
 * values are percent-decoded as the CloudEvents bindings require.
 * @throws {Error} with a reason for a dead letter, if the body is no UTF-8, no JSON, or no object
 */
export function readEnvelope(payload: Uint8Array, headers: HeaderEntries = []): Envelope {
  const lowerCased = new Map<string, string>();
  for (const [name, values] of headers) lowerCased.set(name.toLowerCase(), values[0] ?? '');
  const contentType = lowerCased.get('content-type') ?? '';
  if (contentType.startsWith('application/cloudevents-batch'))
    throw new Error('a batch of CloudEvents in one message is not supported');
  const isBinary = lowerCased.has('ce-type') && !contentType.startsWith('application/cloudevents');
  return isBinary ? binaryEnvelope(lowerCased, payload) : structuredEnvelope(payload);
}

function structuredEnvelope(payload: Uint8Array): Envelope {
  const body = parseJson(payload);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Error('the message body is JSON but no object, so it is no CloudEvent');
  }
  return body as Envelope;
}

function binaryEnvelope(headers: ReadonlyMap<string, string>, payload: Uint8Array): Envelope {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of headers) {
    if (name.startsWith(CE_PREFIX)) attributes[name.slice(CE_PREFIX.length)] = percentDecoded(value);
  }
  // The body is parsed only if the type is one of ours: an unknown type is skipped, whatever its body holds.
  Object.defineProperty(attributes, 'data', { enumerable: true, get: () => parseJson(payload) });
  return attributes;
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parseJson(payload: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    throw new Error('the message body is not UTF-8');
  }
  try {
    return parseExactly(text);
  } catch (error) {
    throw new Error(payload.length === 0 ? 'the message body is empty' : 'the message body is not JSON', {
      cause: error,
    });
  }
}
