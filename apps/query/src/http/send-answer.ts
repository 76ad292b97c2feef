import type { FastifyReply } from 'fastify';
import type { Socket } from 'node:net';
import type { Answer } from '#service-runtime/answer.js';
import type { HeldBytes } from '../reading/answer-bytes.js';

/** Hands a finished answer to Fastify, which sends bytes as they are. What it holds is free once they have left, or never will. */
export function sendAnswer(reply: FastifyReply, { json, headers }: Answer, held: HeldBytes): Buffer {
  releaseWhenSent(reply, held);
  reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers });
  return json;
}

/** Answers by connection. One behind another on the same connection is not told itself when the connection is lost. */
const onTheWay = new WeakMap<Socket, Set<HeldBytes>>();

function releaseWhenSent({ raw, request }: FastifyReply, held: HeldBytes): void {
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
