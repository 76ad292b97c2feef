import { JetStreamApiError } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { isRefusedLogin } from '#service-runtime/connect-for-ever.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import type { NatsSettings } from '#service-runtime/settings/common.settings.js';

/** For each server, and once more: the client tries them one after the other, and some may be silent. */
const SERVER_WITHIN_SECONDS = 2;
const POLL_MS = 50;
const CLOSED_WITHIN_MS = 1_000;
const STREAM_NOT_FOUND = 10_059;

/** A service waits for NATS without limit. An operator at a terminal learns within seconds that there is no connection. */
export async function connectOrFail(settings: NatsSettings): Promise<OperatorConnection> {
  const connection = new OperatorConnection(settings);
  await connection.connected();
  return connection;
}

/** A connection to NATS that says within seconds why it could not be made, and keeps trying. */
export class OperatorConnection {
  private readonly link: NatsLink;
  private readonly withinSeconds: number;
  private refusal: string | undefined;

  constructor(private readonly settings: NatsSettings) {
    const errors = { write: (line: string) => void (this.refusal = reasonIn(line) ?? this.refusal) };
    this.link = new NatsLink('tokenctl', settings, pino({ level: 'warn' }, errors), SERVER_WITHIN_SECONDS * 1_000);
    this.withinSeconds = SERVER_WITHIN_SECONDS * (settings.servers.length + 1);
  }

  /** @throws when there is no connection after each server had its time */
  async connected(): Promise<NatsConnection> {
    const deadline = AbortSignal.timeout(this.withinSeconds * 1_000);
    let connection: NatsConnection | undefined;
    void this.link.connected().then((made) => (connection = made));
    while (!connection || !this.link.isUp) {
      if (deadline.aborted) throw new Error(this.problem());
      await sleep(POLL_MS);
    }
    return connection;
  }

  /** Waits for messages in flight, but not for a server that has fallen silent: the client would notice that only by its pings. */
  async close(): Promise<void> {
    await Promise.race([this.link.close(), sleep(CLOSED_WITHIN_MS)]);
  }

  /** Names hosts only: the URL may hold a password. */
  private problem(): string {
    const hosts = this.settings.servers.map((url) => new URL(url).host).join(', ');
    if (this.refusal !== undefined && isRefusedLogin(this.refusal)) {
      return `NATS at ${hosts} refuses the login (${this.refusal}); are user and password in NATS_URL right, or NATS_CREDS?`;
    }
    return (
      `no connection to NATS at ${hosts} within ${this.withinSeconds} seconds${this.refusal ? ` (${this.refusal})` : ''}; ` +
      'is it running, and are NATS_URL, NATS_CREDS and NATS_TLS_CA right?'
    );
  }
}

export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND;
}

function reasonIn(line: string): string | undefined {
  return (JSON.parse(line) as { err?: { message?: string } }).err?.message;
}
