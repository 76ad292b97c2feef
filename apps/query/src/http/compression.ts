import { negotiate } from '@fastify/accept-negotiator';
import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { HeldMemory } from '../reading/answer-memory.js';

/** A smaller answer fits into one packet anyway. */
const MIN_BYTES = 1_024;
/** Of 500 tokens (203 KB) gzip makes 28 KB in 0.8 ms at this level, and 24 KB in 1.9 ms at its usual level 6. */
const GZIP_LEVEL = 3;
/** Of the same 24 KB in 1 ms. Brotli's usual quality, 11, is made for files that are compressed once. */
const BROTLI_QUALITY = 3;
/** Node has four threads for this; the last one remains for the check of JWTs. */
const AT_ONCE = 3;
/** The memory of an encoder and its output, by the size of a large answer: 8.5 MB were measured for 4.4 MB. */
const WORKING_COPIES = 2;

/** Brotli remembers 256 KB of a stream and not 4 MB: its memory would be the largest part of an export. */
const STREAM_WINDOW_BITS = 18;

/** In the order in which we choose among those that a caller likes equally. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = Exclude<(typeof ENCODINGS)[number], 'identity'>;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

let running = 0;

export interface Compressed {
  readonly encoding: Encoding;
  readonly bytes: Buffer;
}

/**
 * Compresses an answer for a caller who accepts that. undefined: it is sent as it is, because the caller accepts nothing else, because it
 * is small, or because too many are compressed at the moment or there is no memory for one more. Waiting would help nobody: a service that
 * compresses all it can is faster without.
 * @param accepted the header `Accept-Encoding`
 * @param held the memory of the answer; left out: the answer is small
 */
export async function compress(
  answer: Buffer,
  accepted: string | undefined,
  held?: HeldMemory,
): Promise<Compressed | undefined> {
  const encoding = accepted === undefined ? undefined : encodingFor(accepted);
  if (!encoding || !isWorthIt(answer.length) || running >= AT_ONCE) return undefined;
  const working = held?.besides(answer.length * WORKING_COPIES);
  if (held && !working) return undefined;
  running += 1;
  try {
    return { encoding, bytes: await encode(answer, encoding) };
  } finally {
    running -= 1;
    working?.release();
  }
}

/** @param bytes of an answer as it is */
export function isWorthIt(bytes: number): boolean {
  return bytes >= MIN_BYTES;
}

export interface Compressing {
  readonly encoding: Encoding;
  readonly stream: Transform;
}

/** Compresses an answer of any length on its way to a caller who accepts that. @param accepted the header `Accept-Encoding` */
export function compressing(accepted: string | undefined): Compressing | undefined {
  const encoding = accepted === undefined ? undefined : encodingFor(accepted);
  return encoding && { encoding, stream: encoder(encoding) };
}

function encoder(encoding: Encoding): Transform {
  switch (encoding) {
    case 'br': {
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
      return createBrotliCompress({
        params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_LGWIN]: STREAM_WINDOW_BITS },
      });
    }
    case 'gzip':
      return createGzip({ level: GZIP_LEVEL });
  }
}

/** `x-gzip` is an old name of gzip. */
function encodingFor(accepted: string): Encoding | undefined {
  const chosen = negotiate(accepted.toLowerCase().replaceAll('x-gzip', 'gzip'), [...ENCODINGS]);
  return chosen === null || chosen === 'identity' ? undefined : chosen;
}

function encode(answer: Buffer, encoding: Encoding): Promise<Buffer> {
  switch (encoding) {
    case 'br': {
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
      return brotli(answer, {
        params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_SIZE_HINT]: answer.length },
      });
    }
    case 'gzip':
      return gzipped(answer, { level: GZIP_LEVEL });
  }
}
