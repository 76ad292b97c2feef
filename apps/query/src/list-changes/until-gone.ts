import type { FastifyReply } from 'fastify';

/** A connection on which no byte has moved for so long is closed, see http-app.ts: while the caller waits, none does. */
const STALLED_MS = 30_000;

/** Keeps the connection of a caller who waits. @returns aborted when the caller closes it */
export function untilGone({ raw, request }: FastifyReply, seconds: number): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  request.raw.socket.setTimeout(seconds * 1_000 + STALLED_MS);
  return gone.signal;
}
