import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Clients that do not wait for an answer before they send the next request have one or two requests on the way, proxies none. */
const MOST_IN_FLIGHT = 16;
/** The parser stops at it and reports {@link TOO_MANY_IN_FLIGHT}. */
const STOP = -1;
/** The code of the error with which the parser of a connection has stopped because there were too many requests. */
export const TOO_MANY_IN_FLIGHT = 'HPE_CB_HEADERS_COMPLETE';

/** What Node calls for each request that its parser has found. It is no public API; decision 0026 says why we use it. */
interface Parser {
  onIncoming?: (request: IncomingMessage, ...rest: unknown[]) => number;
}

/**
 * Limits the requests of one connection that are not answered yet. Node itself passes on everything that it has read, up to 1,800 requests
 * at a time, before it sends the first answer: some hundred connections would take all memory. The server reports a connection with more
 * requests as a `clientError`.
 */
export function limitPipelining(server: Server): void {
  const inFlight = new WeakMap<Socket, number>();
  server.prependListener('request', ({ socket }, response) => {
    inFlight.set(socket, (inFlight.get(socket) ?? 0) + 1);
    response.once('close', () => inFlight.set(socket, inFlight.get(socket)! - 1));
  });
  server.on('connection', (socket: Socket & { parser?: Parser }) => {
    const { parser } = socket;
    const pass = parser?.onIncoming;
    if (!parser || !pass) return;
    parser.onIncoming = (...request) => ((inFlight.get(socket) ?? 0) < MOST_IN_FLIGHT ? pass(...request) : STOP);
  });
}
