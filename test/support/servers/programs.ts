import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's packages put servers into /usr/sbin, which not every PATH contains. */
export function installedProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), '/usr/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** Installs a program from the package of the same name, as root on Debian or Ubuntu, and prints that. @returns the path of the program */
export function installProgram(name: string): string | undefined {
  if (!canInstall()) return undefined;
  process.stderr.write(`There is no ${name} on this machine: installing it with "apt-get install ${name}".\n`);
  // A fresh container has no package lists yet. If there are lists, they need no refresh.
  if (!apt('install', name)) {
    apt('update');
    apt('install', name);
  }
  return installedProgram(name);
}

function canInstall(): boolean {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return (
    process.getuid?.() === 0 && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(system) && succeeds('apt-get', ['--version'])
  );
}

function apt(command: 'install' | 'update', ...packages: string[]): boolean {
  const args = [command, '-y', '-q', ...(command === 'install' ? ['--no-install-recommends'] : []), ...packages];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
}
