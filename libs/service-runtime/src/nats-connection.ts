import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.js';
import type { NatsSettings } from './settings/common.settings.js';

const REFUSED_RETRY_MS = 2_000;

/**
 * One connection for the life of the process. It is made in the background and re-made for ever: the client's default gives
 * up after 10 attempts and leaves a live process with a dead connection. Short pings find a half-open TCP connection.
 */
export class NatsLink {
  private connection: NatsConnection | undefined;
  private readonly connecting: Promise<NatsConnection>;
  private up = false;
  reconnects = 0;

  constructor(
    name: string,
    settings: NatsSettings,
    private readonly logger: Logger,
  ) {
    this.connecting = this.connectForEver(name, settings);
  }

  /** Resolves once the first connection stands, however long that takes. */
  connected(): Promise<NatsConnection> {
    return this.connecting;
  }

  get isUp(): boolean {
    return this.up && this.connection?.isClosed() === false;
  }

  /** Lets what is in flight finish, then closes. Does not wait for a server that is away. */
  async close(): Promise<void> {
    if (!this.connection || this.connection.isClosed()) return;
    await (this.up ? this.connection.drain() : this.connection.close()).catch(() => undefined);
  }

  /** A server that is away is waited for by the client itself; one that refuses our login is asked again, for it may be mended. */
  private async connectForEver(name: string, settings: NatsSettings): Promise<NatsConnection> {
    for (;;) {
      try {
        const connection = await connect(connectionOptions(name, settings));
        this.connection = connection;
        this.up = true;
        this.logger.info({ server: connection.getServer() }, 'connected to NATS');
        void this.watch(connection);
        return connection;
      } catch (error) {
        this.logger.error({ err: error, retryInMs: REFUSED_RETRY_MS }, 'NATS refuses the connection');
        await sleep(REFUSED_RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        this.logger.warn('NATS connection lost, reconnecting');
      } else if (status.type === 'reconnect') {
        this.up = true;
        this.reconnects += 1;
        this.logger.info({ server: connection.getServer() }, 'NATS connection back');
      } else if (status.type === 'error') {
        this.logger.error({ err: status.error }, 'NATS reports an error');
      }
    }
    this.up = false;
  }
}

function connectionOptions(name: string, settings: NatsSettings): NodeConnectionOptions {
  const options: NodeConnectionOptions = {
    name,
    servers: settings.servers.map((url) => new URL(url).host),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
    ...credentialsIn(settings.servers[0]!),
  };
  if (settings.credentialsFile) options.authenticator = credsAuthenticator(readFileSync(settings.credentialsFile));
  if (settings.tlsCaFile) options.tls = { caFile: settings.tlsCaFile };
  else if (settings.servers.some((url) => url.startsWith('tls:'))) options.tls = {};
  return options;
}

/** The client does not read `user:password@` (or `token@`) from the URL; people write it there. */
function credentialsIn(url: string): Pick<NodeConnectionOptions, 'user' | 'pass' | 'token'> {
  const { username, password } = new URL(url);
  if (username && password) return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return username ? { token: decodeURIComponent(username) } : {};
}
