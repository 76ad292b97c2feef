import type { FastifyReply } from 'fastify';
import type { Socket } from 'node:net';
import type { Answer } from '#service-runtime/answer.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import { compress } from './compression.js';
import { varyBy } from './vary.js';

/**
 * Gives a finished answer to Fastify, which sends bytes as they are. The memory is released when they are sent or the connection is lost.
 */
export async function sendAnswer(reply: FastifyReply, { json, headers }: Answer, held: HeldMemory): Promise<Buffer> {
  releaseWhenSent(reply, held);
  reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers });
  varyBy(reply, 'accept-encoding');
  const compressed = await compress(json, reply.request.headers['accept-encoding'], held);
  if (!compressed) return json;
  held.shrinkTo(compressed.bytes.length);
  reply.header('content-encoding', compressed.encoding);
  return compressed.bytes;
}

/** Answers by connection. When a connection is lost, Node reports it only to the first of several answers that wait on it. */
const onTheWay = new WeakMap<Socket, Set<HeldMemory>>();

function releaseWhenSent({ raw, request }: FastifyReply, held: HeldMemory): void {
  const { socket } = request.raw;
  if (socket.destroyed || raw.destroyed) return held.release();
  let answers = onTheWay.get(socket);
  if (!answers) {
    onTheWay.set(socket, (answers = new Set()));
    const all = answers;
    socket.once('close', () => all.forEach((one) => one.release()));
  }
  answers.add(held);
  raw.once('close', () => {
    answers.delete(held);
    held.release();
  });
}
