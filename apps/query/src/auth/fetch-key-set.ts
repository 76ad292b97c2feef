import type { FetchImplementation } from 'jose';
import type { KeySetLog } from './key-set-log.js';

/** A key has half a kilobyte, and a set has a few keys. */
const MAX_BYTES = 1_048_576;

/**
 * Like `fetch`, but reads no more bytes than a key set can have, and logs what it finds in place of one.
 * @throws where there is none
 */
export function keySetFetch(log: KeySetLog): FetchImplementation {
  return async (url, options) => {
    try {
      const response = await fetch(url, options);
      const body = await bounded(response);
      const { keys } = keySetOf(response.status, body);
      if (keys.length === 0) log.isEmpty();
      return new Response(body);
    } catch (error) {
      log.cannotBeFetched(error);
      throw error;
    }
  };
}

function keySetOf(status: number, body: Buffer): { readonly keys: readonly unknown[] } {
  if (status !== 200) throw new Error(`the answer has the status ${status} in place of 200`);
  const set = jsonOf(body);
  if (set && typeof set === 'object' && 'keys' in set && Array.isArray(set.keys) && set.keys.every(isObject))
    return { keys: set.keys };
  throw new Error('the answer has no list "keys" of objects');
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new Error(`the answer is no JSON: it has ${body.length} bytes`, { cause });
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function bounded({ body }: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
