import { execFile } from 'node:child_process';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withClient } from '../with-client.js';
import { onFreePort } from './on-free-port.js';
import { postgresAccount } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { ServerProcess } from './server-process.js';
import type { OwnServer } from './server.js';
import { temporaryDirectory } from './temporary-directory.js';

const run = promisify(execFile);

/** A hot standby of our own server, which stops for a moment while it is copied. @param settings further server settings */
export async function startStandby(primary: OwnServer, settings: Readonly<Record<string, string>>): Promise<OwnServer> {
  const directory = await temporaryDirectory('postgres-standby');
  const account = postgresAccount();
  if (account) await chown(directory.path, account.uid, account.gid);
  const { postgres } = await postgresBinaries(account, directory.path);
  const data = join(directory.path, 'data');
  const original = await dataDirectory(primary.url);
  await primary.kill('SIGINT');
  await run('cp', ['-a', original, data]);
  await primary.restart();
  await writeFile(join(data, 'standby.signal'), '');
  return onFreePort(async (port) => {
    const url = Object.assign(new URL(primary.url), { port: String(port) }).href;
    const server = new ServerProcess({
      name: 'PostgreSQL standby',
      url,
      command: postgres,
      args: ['-D', data, ...settingsOf({ ...connections(primary.url, port), ...settings })],
      ...(account ? { user: account } : {}),
      stopSignal: 'SIGINT',
      directory,
      isReady: () => withClient(url, (client) => client.query('select 1')).then(() => true),
    });
    await server.start();
    return server;
  });
}

function connections(primaryUrl: string, port: number): Readonly<Record<string, string>> {
  const { hostname, port: to, username, password } = new URL(primaryUrl);
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    primary_conninfo: `host=${hostname} port=${to} user=${username} password=${password}`,
  };
}

function settingsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function dataDirectory(url: string): Promise<string> {
  const { rows } = await withClient(url, (client) => client.query<{ data_directory: string }>('show data_directory'));
  return rows[0]!.data_directory;
}
