import type { FastifyReply } from 'fastify';
import { STALLED_MS } from '#service-runtime/http/http-app.js';

/** Keeps the connection of a caller who waits: no byte moves on it meanwhile. @returns aborted when the caller closes it */
export function untilGone({ raw, request }: FastifyReply, seconds: number): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  request.raw.socket.setTimeout(seconds * 1_000 + STALLED_MS);
  return gone.signal;
}
