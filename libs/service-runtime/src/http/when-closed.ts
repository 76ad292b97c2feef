import type { FastifyReply } from 'fastify';
import type { Socket } from 'node:net';

/**
 * What to do at the end of each answer of a connection. Node reports the loss of a connection only to the first of several that wait on it.
 */
const onTheWay = new WeakMap<Socket, Set<() => void>>();

/** Calls back once, when the answer is sent or its connection is lost. */
export function whenClosed({ raw, request }: FastifyReply, closed: () => void): void {
  const { socket } = request.raw;
  if (socket.destroyed || raw.destroyed) return closed();
  const answers = onTheWay.get(socket) ?? answersOf(socket);
  const once = () => answers.delete(once) && closed();
  answers.add(once);
  raw.once('close', once);
}

function answersOf(socket: Socket): Set<() => void> {
  const answers = new Set<() => void>();
  onTheWay.set(socket, answers);
  socket.once('close', () => answers.forEach((once) => once()));
  return answers;
}

/** @returns aborted when the answer is sent or its connection is lost */
export function untilClosed(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenClosed(reply, () => gone.abort());
  return gone.signal;
}
