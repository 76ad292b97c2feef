import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** The preferred port if no process listens there, else one that is free now. Another process may still take it first. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    server.listen(preferred, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
