import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { atEnd } from '../support/at-end.js';

/** One connection for several requests, each sent without waiting for the answer before it. */
export class KeptConnection {
  /** Everything that came, heads and bodies. */
  received = '';

  private constructor(
    private readonly socket: Socket,
    private readonly token: string,
  ) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
    atEnd('closing a connection', () => void socket.destroy());
  }

  static async to(url: string, token: string): Promise<KeptConnection> {
    const socket = socketTo(url);
    await once(socket, 'connect');
    return new KeptConnection(socket, token);
  }

  ask(path: string): void {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${this.token}\r\n\r\n`);
  }

  /** Takes nothing of what comes until the resuming. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  get hasArrived(): boolean {
    return this.socket.bytesRead > 0;
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }
}

export function takesConnections(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = socketTo(url);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function socketTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname);
}
