import type { FastifyReply } from 'fastify';
import type { Answer } from '#service-runtime/nats-requests/answer.js';

/** Hands a finished answer to Fastify, which sends a string as it is. */
export function sendAnswer(reply: FastifyReply, { json, headers }: Answer): string {
  reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers });
  return json;
}
