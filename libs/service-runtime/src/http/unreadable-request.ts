import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { requestId } from '../request-id.js';
import { hasUnanswered } from './pipelining.js';
import { SAFE_HEADERS } from './safe-headers.js';

/** Time for the caller to read the answer. */
const CLOSED_WITHIN_MS = 2_000;
const STATUS_BY_CODE: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers, in the one error format, a request that Node could not read as HTTP. The connection cannot be used after that. */
export function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const statusCode = STATUS_BY_CODE[error.code ?? ''] ?? 400;
  const message =
    statusCode === 431
      ? 'The URL or the headers are longer than this server reads; send shorter ones.'
      : statusCode === 408
        ? 'The request did not arrive in time; send it again.'
        : 'The request is not readable as HTTP/1.1.';
  end(socket, statusCode, message);
}

/** Node passes on the raw connection if a caller wants a tunnel. */
export function answerTunnelRequest(socket: Socket): void {
  socket.on('error', () => undefined);
  end(socket, 405, 'This server makes no tunnels.', ['allow: GET, HEAD']);
}

/** Node no longer looks after the connection: nothing else would close it when the caller keeps its end open. */
function end(socket: Socket, statusCode: number, message: string, headers: readonly string[] = []): void {
  // The caller would take an error for the answer to an earlier request.
  if (hasUnanswered(socket)) return void socket.destroy();
  const reason = STATUS_CODES[statusCode] ?? 'Bad Request';
  const id = requestId(undefined);
  const body = JSON.stringify({ statusCode, error: reason, message, requestId: id });
  const head = [
    `HTTP/1.1 ${statusCode} ${reason}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    ...Object.entries(SAFE_HEADERS).map(([name, value]) => `${name}: ${value}`),
    ...headers,
    'connection: close',
  ];
  // Destroyed at once, it could lose the answer on its way.
  const timer = setTimeout(() => socket.destroy(), CLOSED_WITHIN_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
