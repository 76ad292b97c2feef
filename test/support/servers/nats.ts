import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NatsContainer } from './nats-docker.js';
import { natsInfo } from './nats-info.js';
import { natsSource } from './nats-source.js';
import { onFreePort } from './on-free-port.js';
import { ServerProcess } from './server-process.js';
import type { OwnServer, Server } from './server.js';
import { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

export interface NatsOptions {
  /** Further lines of server configuration, for instance `max_payload: 64KB`. */
  readonly config?: string;
  /** The file for these lines, for tests that change it and make the server read it again by SIGHUP; left out: the server's own file. */
  readonly configFile?: string;
  /** The directory for JetStream's data, for tests that tamper with it; left out: the server's own directory. */
  readonly storeDirectory?: string;
  /** Taken if it is free; left out: any free port. */
  readonly preferredPort?: number;
}

/** The server at `NATS_URL` if that is set, else our own. */
export async function natsServer(options: NatsOptions = {}): Promise<Server> {
  const url = process.env['NATS_URL'];
  if (!url) return startNats(options);
  await checkExisting(url);
  return { url, isOwn: false, stop: () => Promise.resolve() };
}

/** Our own NATS server with JetStream on a free port, with its data in a temporary directory. */
export async function startNats(options: NatsOptions = {}): Promise<OwnServer> {
  const source = natsSource();
  const directory = await temporaryDirectory('nats');
  try {
    return await onFreePort(
      (port) =>
        source.kind === 'docker'
          ? startContainer(port, directory, options)
          : startBinary(source.path, port, directory, options),
      options.preferredPort,
    );
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

async function startContainer(
  port: number,
  directory: TemporaryDirectory,
  { config = '', configFile, storeDirectory }: NatsOptions,
): Promise<OwnServer> {
  const container = new NatsContainer(port, directory, storeDirectory);
  try {
    await container.start(config, configFile);
    return container;
  } catch (error) {
    await container.stop().catch(() => undefined);
    throw error;
  }
}

async function startBinary(
  command: string,
  port: number,
  directory: TemporaryDirectory,
  {
    config,
    configFile = join(directory.path, 'nats.conf'),
    storeDirectory = join(directory.path, 'jetstream'),
  }: NatsOptions,
): Promise<OwnServer> {
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', storeDirectory];
  if (config) {
    await writeFile(configFile, config);
    args.push('-c', configFile);
  }
  const server = new ServerProcess({
    name: 'nats-server',
    url: `nats://127.0.0.1:${port}`,
    command,
    args,
    stopSignal: 'SIGINT',
    directory,
    isReady: async () => (await natsInfo('127.0.0.1', port)).jetstream === true,
  });
  await server.start();
  return server;
}

async function checkExisting(url: string): Promise<void> {
  const { hostname, port } = new URL(url.split(',')[0]!);
  const info = await natsInfo(hostname, Number(port || 4222)).catch((error: unknown) => {
    throw new Error(`NATS_URL is set, but that server does not answer: ${String(error)}`, { cause: error });
  });
  if (!info.jetstream) throw new Error('NATS_URL is set, but that server runs without JetStream (start it with -js).');
}
