import type { FastifyReply } from 'fastify';
import { untilClosed } from '#service-runtime/http/when-closed.js';
import { STALLED_MS } from '#service-runtime/http/http-app.js';

/** Keeps the connection of a caller who waits: no byte moves on it meanwhile. @returns aborted when the caller closes it */
export function untilGone(reply: FastifyReply, seconds: number): AbortSignal {
  reply.request.raw.socket.setTimeout(seconds * 1_000 + STALLED_MS);
  return untilClosed(reply);
}
