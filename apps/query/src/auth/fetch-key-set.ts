import type { FetchImplementation } from 'jose';

/** A key has half a kilobyte, and a set has a few keys. */
const MAX_BYTES = 1_048_576;

/** Like `fetch`, but reads no more bytes than a key set can have. */
export const fetchKeySet: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  try {
    return new Response(await bounded(response), { status: response.status });
  } catch (cause) {
    if (options.signal.aborted) throw cause;
    throw new Error('the key set cannot be read', { cause });
  }
};

async function bounded({ body }: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
