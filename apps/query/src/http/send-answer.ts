import type { FastifyReply } from 'fastify';
import type { Answer } from '#service-runtime/nats-requests/answer.js';

/** Hands a finished answer to Fastify, which sends bytes as they are. */
export function sendAnswer(reply: FastifyReply, { json, headers }: Answer): Buffer {
  reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers });
  return json;
}
