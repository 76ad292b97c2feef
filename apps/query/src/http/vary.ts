import type { FastifyReply } from 'fastify';

/** Adds headers of a request by which its answers differ. Others have been named before where the answer also differs by origin. */
export function varyBy(reply: FastifyReply, ...names: readonly string[]): void {
  const known = reply.getHeader('vary');
  reply.header('vary', [...(known === undefined ? [] : [known]), ...names].join(', '));
}
