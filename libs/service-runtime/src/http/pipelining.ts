import type { FastifyReply } from 'fastify';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceError } from '../service-error.js';

/** Clients that do not wait for an answer before they send the next request have one or two requests on the way, proxies none. */
const MOST_IN_FLIGHT = 16;
/** The parser stops at it and reports an error. */
const STOP = -1;

/** What Node calls for each request that its parser has found. It is no public API; decision 0026 says why we use it. */
interface Parser {
  onIncoming?: (request: IncomingMessage, ...rest: unknown[]) => number;
}

/** The requests of one connection. */
interface Connection {
  inFlight: number;
  /** When it was opened, or its last answer had left. By `performance.now()`. */
  usedAt: number;
  last?: IncomingMessage;
  /** The request after which no other may come until it is answered. */
  heldFor?: IncomingMessage;
}

const connections = new WeakMap<Socket, Connection>();

/**
 * Limits the requests of one connection that are not answered yet. Node itself passes on everything that it has read, up to 1,800 requests
 * at a time, before it sends the first answer: some hundred connections would take all memory. The server reports a connection with more
 * requests as a `clientError`.
 */
export function limitPipelining(server: Server): void {
  server.prependListener('request', (request, response) => {
    const connection = connectionOf(request.socket);
    connection.inFlight += 1;
    connection.last = request;
    response.once('close', () => {
      connection.inFlight -= 1;
      connection.usedAt = performance.now();
      if (connection.heldFor === request) delete connection.heldFor;
    });
  });
  server.on('connection', (socket: Socket & { parser?: Parser }) => {
    const { parser } = socket;
    const pass = parser?.onIncoming;
    if (!parser || !pass) return;
    const connection = connectionOf(socket);
    const mayCome = () => connection.inFlight < MOST_IN_FLIGHT && !connection.heldFor;
    parser.onIncoming = (...request) => (mayCome() ? pass(...request) : STOP);
  });
}

/**
 * Lets no request wait behind an answer that takes as long as its caller likes: it would keep its memory until then. A connection on which
 * another one comes before the end of the answer is closed, as one with too many.
 * @throws {ServiceError} 400 where others wait already
 */
export function holdConnection({ request: { raw: request } }: FastifyReply): void {
  const connection = connectionOf(request.socket);
  if (connection.last !== request)
    throw new ServiceError(400, 'Other requests wait behind this one, which must be the last of its connection.');
  connection.heldFor = request;
}

/**
 * For how many milliseconds no request that has arrived has waited for its answer, perhaps because none has come, or only a part of one.
 * undefined: one waits.
 */
export function idleMs(socket: Socket): number | undefined {
  const { inFlight, usedAt } = connectionOf(socket);
  return inFlight === 0 ? performance.now() - usedAt : undefined;
}

/** Whether an answer is still to be sent for a request that has arrived as a whole: it must come before everything else. */
export function hasUnanswered(socket: Socket): boolean {
  const { inFlight, last } = connectionOf(socket);
  return inFlight > 1 || (inFlight === 1 && last!.complete);
}

function connectionOf(socket: Socket): Connection {
  const known = connections.get(socket);
  if (known) return known;
  const connection: Connection = { inFlight: 0, usedAt: performance.now() };
  connections.set(socket, connection);
  return connection;
}
