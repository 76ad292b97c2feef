import type { OnApplicationShutdown } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectForEver, isRefusedLogin, REFUSED_RETRY_MS, SERVER_WITHIN_MS, inWords } from './connect-for-ever.js';
import type { Logger } from './logger.js';
import type { NatsSettings } from './settings/common.settings.js';
import { Summary } from './summary.js';
import { rejectOnAbort } from './waiting.js';

/** Thrown when the connection is lost during an operation. The client is connecting again. */
export class NatsAway extends Error {
  override readonly name = 'NatsAway';

  constructor() {
    super('the connection to NATS was lost');
  }
}

/**
 * One connection for the life of the process. It connects in the background and reconnects without end: by default the client stops
 * after 10 attempts, which leaves a live process with a dead connection. Frequent pings find a half-open TCP connection.
 */
export class NatsLink implements OnApplicationShutdown {
  private connection: NatsConnection | undefined;
  private readonly connecting: Promise<NatsConnection>;
  private up = false;
  /** Aborted when the connection is lost. Each new connection gets a new one. */
  private loss = new AbortController();
  private back: (() => void)[] = [];
  private readonly complaints: Summary<Error>;
  private refusedBecause: string | undefined;
  /** How often the connection was lost and is back. */
  reconnects = 0;

  constructor(
    name: string,
    settings: NatsSettings,
    private readonly logger: Logger,
    private readonly serverWithinMs = SERVER_WITHIN_MS,
  ) {
    // A caller can cause a complaint with every request, by an inbox to which our login may not publish.
    this.complaints = new Summary((error, errors) => logger.error({ err: error, errors }, 'NATS reports an error'));
    this.connecting = this.connect(name, settings);
  }

  /** Resolves at the first connection, however long it takes. */
  connected(): Promise<NatsConnection> {
    return this.connecting;
  }

  get isUp(): boolean {
    return this.up && this.connection?.isClosed() === false;
  }

  /** Why there is no connection; undefined while there is one. */
  get problem(): string | undefined {
    if (this.isUp) return undefined;
    return this.refusedBecause === undefined ? 'is not connected' : `is not connected: ${inWords(this.refusedBecause)}`;
  }

  /** Resolves as soon as there is a connection, the first one or a later one. */
  async whenUp(): Promise<NatsConnection> {
    const connection = await this.connecting;
    if (!this.up) await new Promise<void>((resolve) => this.back.push(resolve));
    return connection;
  }

  /** Aborted when the current connection, or the last one, is lost. */
  get lost(): AbortSignal {
    return this.loss.signal;
  }

  /**
   * Resolves with the server's answer, or rejects as soon as the connection is lost: then no answer will come, but the client itself would
   * wait until its timeout.
   * @throws {NatsAway}
   */
  answer<T>(request: Promise<T>): Promise<T> {
    return rejectOnAbort(this.lost, request, () => new NatsAway());
  }

  /** The largest message, headers included, that the server accepts, in bytes; undefined before the first connection. */
  get maxPayload(): number | undefined {
    return this.connection?.info?.max_payload;
  }

  /** Resolves once the server has received everything published before. @throws {NatsAway} */
  async flush(): Promise<void> {
    if (!this.connection || !this.isUp) throw new NatsAway();
    await this.answer(this.connection.flush());
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Waits for work in flight, then closes. Does not wait for a server that is away. */
  async close(): Promise<void> {
    if (!this.connection || this.connection.isClosed()) return;
    await (this.up ? this.connection.drain() : this.connection.close()).catch(() => undefined);
  }

  private async connect(name: string, settings: NatsSettings): Promise<NatsConnection> {
    const connection = await connectForEver(name, settings, this.serverWithinMs, (error, because) =>
      this.hasFailed(error, because),
    );
    this.connection = connection;
    this.up = true;
    this.refusedBecause = undefined;
    this.logger.info({ server: connection.getServer() }, 'connected to NATS');
    void this.followStatus(connection);
    return connection;
  }

  private hasFailed(error: unknown, because: string): void {
    if (isRefusedLogin(because)) return this.refused(error, because);
    this.refusedBecause = undefined;
    this.logger.warn({ err: error }, 'NATS is not reachable');
  }

  private async followStatus(connection: NatsConnection): Promise<void> {
    // Every refused attempt causes a disconnect and an error, and the last attempt causes a reconnect.
    let refusal = '';
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' && this.up) {
        this.up = false;
        this.loss.abort();
        refusal = '';
        this.logger.warn('NATS connection lost, reconnecting');
      } else if (status.type === 'reconnect' && !this.up) {
        this.isBack(connection);
      } else if (status.type === 'error' && (this.up || status.error.message !== refusal)) {
        if (this.up) this.complaints.add(status.error);
        else this.refused(status.error, (refusal = status.error.message));
      }
    }
    this.up = false;
    this.loss.abort();
  }

  private refused(error: unknown, because: string): void {
    this.refusedBecause = because;
    this.logger.error({ err: error, retryInMs: REFUSED_RETRY_MS }, 'NATS refuses the connection');
  }

  private isBack(connection: NatsConnection): void {
    this.up = true;
    this.reconnects += 1;
    this.refusedBecause = undefined;
    this.loss = new AbortController();
    this.logger.info({ server: connection.getServer() }, 'NATS connection back');
    for (const resolve of this.back.splice(0)) resolve();
  }
}
