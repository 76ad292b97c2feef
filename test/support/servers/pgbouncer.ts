import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onFreePort } from './on-free-port.js';
import { postgresAccount } from './postgres-account.js';
import { installedProgram, installProgram } from './programs.js';
import { ServerProcess } from './server-process.js';
import type { OwnServer } from './server.js';
import { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

export interface PgbouncerOptions {
  readonly mode: 'transaction' | 'session';
  /** The number of connections to PostgreSQL. */
  readonly sessions: number;
  /** Connection parameters that the pooler ignores; because of any other unknown one it refuses the connection. */
  readonly ignores?: readonly string[];
}

/** The path of pgbouncer, installed if possible; undefined if it is missing and cannot be installed. */
export function pgbouncerProgram(): string | undefined {
  return installedProgram('pgbouncer') ?? installProgram('pgbouncer');
}

/** Our own pooler before a database. Its URL leads to that database. */
export async function startPgbouncer(
  program: string,
  databaseUrl: string,
  options: PgbouncerOptions,
): Promise<OwnServer> {
  const directory = await temporaryDirectory('pgbouncer');
  const account = postgresAccount();
  if (account) await chown(directory.path, account.uid, account.gid);
  return onFreePort(async (port) => {
    const file = await configure(directory, port, databaseUrl, options);
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${port}`;
    const server = new ServerProcess({
      name: 'pgbouncer',
      url: url.href,
      command: program,
      args: [file],
      ...(account ? { user: account } : {}),
      stopSignal: 'SIGTERM',
      directory,
      isReady: () => isListening(port),
    });
    await server.start();
    return server;
  });
}

async function configure(
  directory: TemporaryDirectory,
  port: number,
  databaseUrl: string,
  { mode, sessions, ignores = [] }: PgbouncerOptions,
): Promise<string> {
  const { hostname, port: to, username, password, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  const login = `user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`;
  const lines = [
    '[databases]',
    `${name} = host=${hostname} port=${to || 5432} dbname=${name} ${login}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    `default_pool_size = ${sessions}`,
    `ignore_startup_parameters = ${['extra_float_digits', ...ignores].join(', ')}`,
  ];
  const file = join(directory.path, 'pgbouncer.ini');
  await writeFile(file, lines.join('\n'), { mode: 0o644 });
  return file;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', reject);
  });
}
