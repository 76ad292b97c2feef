import { installedProgram, installProgram, isExecutable, succeeds } from './programs.js';

export type NatsSource = { readonly kind: 'binary'; readonly path: string } | { readonly kind: 'docker' };

/** Finds a nats-server, or fetches one. The documentation describes the order. */
export function natsSource(): NatsSource {
  const named = process.env['NATS_SERVER_BIN'];
  if (named) {
    if (!isExecutable(named)) throw new Error(`NATS_SERVER_BIN is set, but ${named} cannot be executed.`);
    return { kind: 'binary', path: named };
  }
  const installed = installedProgram('nats-server');
  if (installed) return { kind: 'binary', path: installed };
  if (succeeds('docker', ['info'])) return { kind: 'docker' };
  const path = installProgram('nats-server');
  if (path) return { kind: 'binary', path };
  throw new Error(howToGetOne());
}

function howToGetOne(): string {
  const here =
    process.platform === 'darwin'
      ? '"brew install nats-server"'
      : 'your package manager ("apt-get install nats-server" on Debian and Ubuntu) or https://github.com/nats-io/nats-server/releases';
  return `There is no nats-server here. Get one by ${here}; or start Docker; or set NATS_SERVER_BIN to a binary, or NATS_URL to a running server with JetStream.`;
}
