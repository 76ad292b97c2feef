import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { onFreePort } from './on-free-port.js';
import { postgresAccount, type Account } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { ServerProcess } from './server-process.js';
import type { OwnServer, Server } from './server.js';
import { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

export interface PostgresOptions {
  /** True: commits reach the disk, as in production. False, the default: fast, for tests. */
  readonly durable?: boolean;
  /** Further server settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } as const;
const LOCALE = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';

/** The server at `DATABASE_URL` if that is set, else our own. */
export async function postgresServer(options: PostgresOptions = {}): Promise<Server> {
  const url = process.env['DATABASE_URL'];
  if (!url) return startPostgres(options);
  await ask(url).catch((error: unknown) => {
    throw new Error(`DATABASE_URL is set, but that server does not answer: ${String(error)}`, { cause: error });
  });
  return { url, isOwn: false, stop: () => Promise.resolve() };
}

/** Our own PostgreSQL on a free port, with its data in a temporary directory. */
export async function startPostgres(options: PostgresOptions = {}): Promise<OwnServer> {
  const directory = await temporaryDirectory('postgres');
  try {
    const account = postgresAccount();
    if (account) await chown(directory.path, account.uid, account.gid);
    const binaries = await postgresBinaries(account, directory.path);
    const password = await initialise(directory.path, binaries.initdb, account);
    return await onFreePort(async (port) => {
      const server = serverOn({ port, directory, command: binaries.postgres, account, password }, options);
      await server.start();
      return server;
    });
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

async function initialise(directory: string, initdb: string, account: Account | undefined): Promise<string> {
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const cluster = [`--pgdata=${join(directory, 'data')}`, `--locale=${LOCALE}`, '--encoding=UTF8', '--no-sync'];
  const login = ['--username=postgres', '--auth=password', `--pwfile=${passwordFile}`];
  await run(initdb, [...cluster, ...login], { ...account, cwd: directory });
  return password;
}

interface Cluster {
  readonly port: number;
  readonly directory: TemporaryDirectory;
  readonly command: string;
  readonly account: Account | undefined;
  readonly password: string;
}

function serverOn(cluster: Cluster, { durable = false, settings = {} }: PostgresOptions): ServerProcess {
  const { port, directory, command, account, password } = cluster;
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    ...(durable ? {} : QUICK),
    ...settings,
  };
  return new ServerProcess({
    name: 'PostgreSQL',
    url,
    command,
    args: [
      '-D',
      join(directory.path, 'data'),
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    ...(account ? { user: account } : {}),
    // SIGINT is PostgreSQL's "fast" shutdown: SIGTERM would wait for every client to disconnect.
    stopSignal: 'SIGINT',
    directory,
    isReady: () => ask(url).then(() => true),
  });
}

async function ask(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A server that starts or stops may close the connection between two messages.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}
