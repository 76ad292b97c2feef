import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { idleMs } from './pipelining.js';

/** Clients that send one request after the other use a connection again within this time. */
const SOON_MS = 300;
const CHECK_EVERY_MS = 10;

/**
 * Closes the connections without a request when the server ends. Node's own way leaves those that have never sent one, or only a part: they
 * count as busy.
 */
export class IdleConnections {
  private readonly open = new Set<Socket>();
  private isEnding = false;

  /** @param server of which {@link limitPipelining} knows the requests */
  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
  }

  /** Whether every answer must be the last one of its connection. */
  get areEnding(): boolean {
    return this.isEnding;
  }

  /**
   * Before it closes a connection that was in use until now, it leaves the client some time to send its next request, whose answer says
   * that nothing comes after it: a request on its way to a closed connection would be lost.
   */
  async end(): Promise<void> {
    this.isEnding = true;
    const until = performance.now() + SOON_MS;
    while (this.areInUse() && performance.now() < until) await sleep(CHECK_EVERY_MS);
    for (const socket of this.open) if (idleMs(socket) !== undefined) socket.destroy();
  }

  private areInUse(): boolean {
    return Array.from(this.open).some((socket) => (idleMs(socket) ?? 0) < SOON_MS);
  }
}
