import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type NatsSource = { readonly kind: 'binary'; readonly path: string } | { readonly kind: 'docker' };

/** Finds a nats-server, or gets one. The order is part of the documentation. */
export function natsSource(): NatsSource {
  const named = process.env['NATS_SERVER_BIN'];
  if (named) {
    if (!isExecutable(named)) throw new Error(`NATS_SERVER_BIN is set, but ${named} cannot be executed.`);
    return { kind: 'binary', path: named };
  }
  const installed = installedBinary();
  if (installed) return { kind: 'binary', path: installed };
  if (succeeds('docker', ['info'])) return { kind: 'docker' };
  if (canInstall()) {
    const path = install();
    if (path) return { kind: 'binary', path };
  }
  throw new Error(howToGetOne());
}

/** Debian's package puts it into /usr/sbin, which is not on everybody's PATH. */
function installedBinary(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'nats-server')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function canInstall(): boolean {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return (
    process.getuid?.() === 0 && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(system) && succeeds('apt-get', ['--version'])
  );
}

function install(): string | undefined {
  process.stderr.write('There is no nats-server on this machine: installing it with "apt-get install nats-server".\n');
  // A fresh container has no package lists yet; where there are some, they need no refreshing.
  if (!apt('install', 'nats-server')) {
    apt('update');
    apt('install', 'nats-server');
  }
  return installedBinary();
}

function apt(command: 'install' | 'update', ...packages: string[]): boolean {
  const args = [command, '-y', '-q', ...(command === 'install' ? ['--no-install-recommends'] : []), ...packages];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
}

function howToGetOne(): string {
  const here =
    process.platform === 'darwin'
      ? '"brew install nats-server"'
      : 'your package manager ("apt-get install nats-server" on Debian and Ubuntu) or https://github.com/nats-io/nats-server/releases';
  return `There is no nats-server here. Get one by ${here}; or start Docker; or set NATS_SERVER_BIN to a binary, or NATS_URL to a running server with JetStream.`;
}
