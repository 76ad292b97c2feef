import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually.js';
import { whenParentDies } from '../when-parent-dies.js';
import { natsInfo } from './nats-info.js';
import { LEAVES_IT_RUNNING, type OwnServer } from './server.js';
import type { TemporaryDirectory } from './temporary-directory.js';

export const NATS_IMAGE = 'nats:2.12-alpine';
const run = promisify(execFile);

/**
 * A nats-server in a container, for machines that have a container engine but no binary. The data stays in the container unless the options
 * name a directory.
 */
export class NatsContainer implements OwnServer {
  readonly isOwn = true;
  private readonly name = `charging-tokens-nats-${randomBytes(4).toString('hex')}`;
  private allIsWell: (() => void) | undefined;

  constructor(
    private readonly port: number,
    private readonly directory: TemporaryDirectory,
    private readonly storeDirectory?: string,
  ) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** @param config further lines of server configuration */
  async start(config: string, configFile = join(this.directory.path, 'nats.conf')): Promise<void> {
    this.allIsWell = whenParentDies('docker rm -f -v "$1"', this.name);
    const args = ['-js', '-sd', '/data'];
    const mount: string[] = this.storeDirectory === undefined ? [] : ['-v', `${this.storeDirectory}:/data`];
    if (config) {
      await writeFile(configFile, config);
      mount.push('-v', `${configFile}:/extra.conf:ro`);
      args.push('-c', '/extra.conf');
    }
    await run('docker', [
      'run',
      '-d',
      '--name',
      this.name,
      '-p',
      `127.0.0.1:${this.port}:4222`,
      ...mount,
      NATS_IMAGE,
      ...args,
    ]);
    await this.ready();
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await run('docker', ['kill', '--signal', signal, this.name]);
    if (!LEAVES_IT_RUNNING.has(signal)) await run('docker', ['wait', this.name]);
  }

  async restart(): Promise<void> {
    await run('docker', ['restart', this.name]);
    await this.ready();
  }

  async stop(): Promise<void> {
    await run('docker', ['rm', '-f', '-v', this.name]);
    await this.directory.remove();
    this.allIsWell?.();
  }

  private async ready(): Promise<void> {
    const look = async () => (await natsInfo('127.0.0.1', this.port)).jetstream;
    await eventually(`the container ${this.name} to answer`, look, { within: 30_000, every: 100 });
  }
}
