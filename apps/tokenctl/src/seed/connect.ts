import { createLogger } from '#service-runtime/logger.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import type { NatsSettings } from '#service-runtime/settings/common.settings.js';

const PATIENCE_SECONDS = 5;

/** A service waits for NATS for ever; somebody at a terminal wants to be told. */
export async function connectSoon(settings: NatsSettings): Promise<NatsLink> {
  const link = new NatsLink('tokenctl', settings, createLogger('tokenctl', { level: 'silent', format: 'json' }));
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(noConnection(settings))), PATIENCE_SECONDS * 1_000);
  });
  try {
    await Promise.race([link.connected(), deadline]);
  } finally {
    clearTimeout(timer);
  }
  return link;
}

/** Names hosts only: the URL may hold a password. */
function noConnection({ servers }: NatsSettings): string {
  const hosts = servers.map((url) => new URL(url).host).join(', ');
  return (
    `no connection to NATS at ${hosts} within ${PATIENCE_SECONDS} seconds; ` +
    'is it running, and are NATS_URL, NATS_CREDS and NATS_TLS_CA right?'
  );
}
