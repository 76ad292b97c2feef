import type { FastifyReply } from 'fastify';
import { whenClosed } from '#service-runtime/http/when-closed.js';
import type { Answer } from '#service-runtime/answer.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import { compress } from './compression.js';
import { varyBy } from './vary.js';

/**
 * Gives a finished answer to Fastify, which sends bytes as they are. The memory is released when they are sent or the connection is lost.
 */
export async function sendAnswer(reply: FastifyReply, { json, headers }: Answer, held: HeldMemory): Promise<Buffer> {
  whenClosed(reply, () => held.release());
  varyBy(reply, 'accept-encoding');
  const compressed = await compress(json, reply.request.headers['accept-encoding'], held);
  // Not before: it may fail, and these are not true of an error.
  reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers });
  if (!compressed) return json;
  held.shrinkTo(compressed.bytes.length);
  reply.header('content-encoding', compressed.encoding);
  return compressed.bytes;
}
