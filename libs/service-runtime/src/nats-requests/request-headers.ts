import type { Msg } from '@nats-io/transport-node';
import { rawHeaders } from '../raw-headers.js';
import { ServiceError } from '../service-error.js';

/** The same as over HTTP: enough for a JWT that lists many customers. */
const MAX_BYTES = 49_152;
/** The client's time to read headers grows with the square of their number: 2 s for the 12,000 that fit in 48 KB. */
const MAX_LINES = 100;
const LINE_FEED = 0x0a;

/** The values of headers by their names in lower case. */
export type ReadHeaders = Map<string, readonly string[]>;

/**
 * Copies of the values of some headers. The client cuts its values out of one text of all headers, so code that keeps a part keeps up to
 * 48 KB, or twice as much.
 * @param names in lower case
 * @throws {ServiceError} 413 if they are too many or too long, 400 if they are no headers
 */
export function readHeaders(message: Msg, names: ReadonlySet<string>): ReadHeaders {
  const raw = rawHeaders(message);
  if (raw.length > MAX_BYTES || linesIn(raw) > MAX_LINES) {
    const found = `${raw.length} bytes in ${linesIn(raw.subarray(0, MAX_BYTES))} lines`;
    const text = `The headers are too long: ${MAX_BYTES} bytes in ${MAX_LINES} lines are read at most, found ${found}; send fewer.`;
    throw new ServiceError(413, text);
  }
  try {
    return copiesOf(message, names);
  } catch (cause) {
    throw new ServiceError(400, 'The headers of the message are not readable as NATS headers.', { cause });
  }
}

function copiesOf({ headers }: Msg, names: ReadonlySet<string>): ReadHeaders {
  const read: ReadHeaders = new Map();
  for (const [key, values] of headers ?? []) {
    const name = key.toLowerCase();
    if (!names.has(name)) continue;
    read.set(name, [...(read.get(name) ?? []), ...values.map((value) => Buffer.from(value).toString())]);
  }
  return read;
}

function linesIn(raw: Uint8Array): number {
  let lines = 0;
  for (const byte of raw) if (byte === LINE_FEED) lines += 1;
  return lines;
}
