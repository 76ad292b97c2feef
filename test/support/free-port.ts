import { createServer } from 'node:net';

/** Below those that Linux gives to outgoing connections, of which tests open very many. */
const FIRST = 10_000;
const LAST = 32_000;

/** The preferred port if no process listens there, else one that is free now. Another process may still take it first. */
export async function freePort(preferred = anyPort()): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(freePort()));
    server.listen(preferred, '127.0.0.1', () => server.close(() => resolve(preferred)));
  });
}

function anyPort(): number {
  return FIRST + Math.floor(Math.random() * (LAST - FIRST));
}
