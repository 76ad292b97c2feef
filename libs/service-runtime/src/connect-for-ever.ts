import { readFileSync } from 'node:fs';
import {
  connect,
  credsAuthenticator,
  type Authenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsSettings } from './settings/common.settings.js';

export const REFUSED_RETRY_MS = 2_000;
const AWAY_RETRY_MS = 300;
/** The client tries one server after the other, so a silent one holds up the rest for this long. */
export const SERVER_WITHIN_MS = 5_000;

/**
 * Makes the first connection. Tries again after every failure: a server that is away comes back, and an operator may correct a refused
 * login. The client could wait for the first connection itself, but would not say which of the two is the reason.
 * @param serverWithinMs how long one server may take to accept the connection
 * @param onFailure called if the reason differs from that of the attempt before
 */
export async function connectForEver(
  name: string,
  settings: NatsSettings,
  serverWithinMs: number,
  onFailure: (error: unknown, because: string) => void,
): Promise<NatsConnection> {
  for (let reported = ''; ;) {
    try {
      return await connect({ ...connectionOptions(name, settings), timeout: serverWithinMs });
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      if (because !== reported) onFailure(error, because);
      reported = because;
      await sleep(isRefusedLogin(because) ? REFUSED_RETRY_MS : AWAY_RETRY_MS, undefined, { ref: false });
    }
  }
}

const REFUSED_LOGIN = /authorization|authentication|credentials|expired|revoked/i;

/** Whether the server is there but refuses the login. */
export function isRefusedLogin(because: string): boolean {
  return REFUSED_LOGIN.test(because);
}

export function inWords(because: string): string {
  return isRefusedLogin(because) ? `the server refuses the login (${because})` : because;
}

function connectionOptions(name: string, settings: NatsSettings): NodeConnectionOptions {
  const options: NodeConnectionOptions = {
    name,
    inboxPrefix: settings.inboxPrefix,
    servers: settings.servers.map((url) => new URL(url).host),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    ...credentialsIn(settings.servers[0]!),
  };
  if (settings.credentialsFile) options.authenticator = authenticatorFrom(settings.credentialsFile);
  if (settings.tlsCaFile) options.tls = { caFile: settings.tlsCaFile };
  else if (settings.servers.some((url) => url.startsWith('tls:'))) options.tls = {};
  return options;
}

/**
 * Reads the file at every connection: credentials expire, and somebody renews them on disk. Signs with the last good ones where the file
 * cannot be used, for instance because it is being written: after an error here the client would not connect again.
 */
function authenticatorFrom(credentialsFile: string): Authenticator {
  let lastGood = readFileSync(credentialsFile);
  return (nonce) => {
    try {
      const contents = readFileSync(credentialsFile);
      const login = credsAuthenticator(contents)(nonce);
      lastGood = contents;
      return login;
    } catch {
      return credsAuthenticator(lastGood)(nonce);
    }
  };
}

/** People write `user:password@` (or `token@`) into the URL, but the client does not read it there. */
function credentialsIn(url: string): Pick<NodeConnectionOptions, 'user' | 'pass' | 'token'> {
  const { username, password } = new URL(url);
  if (username && password) return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return username ? { token: decodeURIComponent(username) } : {};
}
