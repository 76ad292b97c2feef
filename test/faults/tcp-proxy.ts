import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { atEnd } from '../support/at-end.js';

/**
 * `open`: passes everything on. `silent`: the network is gone without a word: bytes vanish, sockets stay open, and connections made
 * before or meanwhile stay dead for good. `refusing`: resets every connection there is, and every new one. `held`: nothing passes until
 * it is open again.
 */
type Mode = 'open' | 'silent' | 'refusing' | 'held';

/** A network between an app and a server, which can be made to fail. */
export class TcpProxy {
  /** Connections asked for so far. */
  attempts = 0;
  /** Added to every byte's way, in each direction. */
  latencyMs = 0;
  /** What becomes of the server's bytes; they must stay as many. */
  altered: ((bytes: Buffer) => Buffer) | undefined;
  private mode: Mode = 'open';
  private trap: { readonly pattern: RegExp; readonly sprung: () => void } | undefined;
  private readonly links = new Set<Link>();

  private constructor(
    private readonly server: Server,
    private target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  /** @param url of the server behind it */
  static async before(url: string): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server, addressIn(url));
    atEnd('closing a proxy', () => proxy.close());
    return proxy;
  }

  /** The same address by way of the proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String((this.server.address() as AddressInfo).port);
    return changed.href;
  }

  /** From now on new connections go to another server. */
  leadTo(url: string): void {
    this.target = addressIn(url);
  }

  /** Holds a connection, until all is `open` again, right before a client's bytes that match; resolves once that is so. */
  holdBefore(pattern: RegExp): Promise<void> {
    return new Promise((sprung) => (this.trap = { pattern, sprung }));
  }

  set(mode: Mode): void {
    this.mode = mode;
    for (const link of this.links) {
      if (mode === 'refusing') link.reset();
      if (mode === 'silent') link.isDead = true;
      if (mode === 'held') link.hold();
      if (mode === 'open') link.goOn();
    }
  }

  private accept(client: Socket): void {
    this.attempts += 1;
    if (this.mode === 'refusing') return void client.resetAndDestroy();
    const server = connect(this.target);
    const link = new Link(
      client,
      server,
      () => this.latencyMs,
      (bytes) => this.springs(bytes),
      (bytes) => this.altered?.(bytes) ?? bytes,
    );
    this.links.add(link);
    // A dead link's far end stays: to the server its client is still there.
    server.once('close', () => this.links.delete(link));
    if (this.mode === 'silent') link.isDead = true;
    if (this.mode === 'held') link.hold();
  }

  private springs(bytes: Buffer): boolean {
    const { trap } = this;
    if (!trap?.pattern.test(bytes.toString('latin1'))) return false;
    this.trap = undefined;
    trap.sprung();
    return true;
  }

  private async close(): Promise<void> {
    for (const link of this.links) link.reset();
    this.server.close();
    await once(this.server, 'close');
  }
}

function addressIn(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

class Link {
  isDead = false;
  private heldBytes: Buffer | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    latencyMs: () => number,
    private readonly isHeldBefore: (bytes: Buffer) => boolean,
    private readonly altered: (bytes: Buffer) => Buffer,
  ) {
    this.pass(client, server, latencyMs);
    this.pass(server, client, latencyMs);
  }

  hold(): void {
    this.client.pause();
    this.server.pause();
  }

  goOn(): void {
    if (this.heldBytes) this.server.write(this.heldBytes);
    this.heldBytes = undefined;
    this.client.resume();
    this.server.resume();
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private pass(from: Socket, to: Socket, latencyMs: () => number): void {
    const later = (action: () => void) => {
      const ms = latencyMs();
      if (ms === 0) action();
      else setTimeout(action, ms);
    };
    from.setNoDelay(true);
    from.on('data', (received: Buffer) => {
      const bytes = from === this.server ? this.altered(received) : received;
      if (from === this.client && this.isHeldBefore(bytes)) {
        this.heldBytes = bytes;
        this.hold();
      } else if (!this.isDead) later(() => to.writable && to.write(bytes));
    });
    // On a dead link neither side hears that the other has gone.
    from.on('end', () => {
      if (!this.isDead) later(() => to.end());
    });
    from.on('error', () => {
      if (!this.isDead) to.resetAndDestroy();
    });
  }
}
