import { connect, type NatsConnection } from '@nats-io/transport-node';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { natsInfo } from './nats-info.js';
import { ServerProcess } from './server-process.js';
import type { TemporaryDirectory } from './temporary-directory.js';

export interface NodePorts {
  readonly client: number;
  readonly monitoring: number;
  readonly route: number;
}

export interface NodeOptions {
  readonly name: string;
  readonly cluster: string;
  readonly ports: NodePorts;
  readonly routes: readonly string[];
  readonly advertised: string;
  readonly command: string;
  readonly directory: TemporaryDirectory;
}

/** One nats-server of a cluster: a process with its own store, and our connection that always stays with this node. */
export class ClusterNode {
  /** The cluster sets it when it cuts the node's network. */
  isCutOff = false;
  private state: 'running' | 'paused' | 'ended' = 'running';
  private readonly server: ServerProcess;
  private ownConnection: NatsConnection | undefined;

  constructor(private readonly options: NodeOptions) {
    const { name, ports, command, directory } = options;
    this.server = new ServerProcess({
      name: `nats-server ${name}`,
      url: `nats://127.0.0.1:${ports.client}`,
      command,
      args: ['-c', join(directory.path, 'nats.conf')],
      stopSignal: 'SIGINT',
      directory,
      isReady: async () => (await natsInfo('127.0.0.1', ports.client)).jetstream === true,
    });
  }

  /** Whether the test has not paused, killed or cut off this node. */
  get isWell(): boolean {
    return this.state === 'running' && !this.isCutOff;
  }

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return this.server.url;
  }

  async start(): Promise<void> {
    await writeFile(join(this.options.directory.path, 'nats.conf'), configuration(this.options));
    await this.server.start();
    this.ownConnection = await connect({
      servers: [new URL(this.url).host],
      name: `test of ${this.name}`,
      ignoreClusterUpdates: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    this.state = signal === 'SIGCONT' ? 'running' : signal === 'SIGSTOP' ? 'paused' : 'ended';
    await this.server.kill(signal);
  }

  async restart(): Promise<void> {
    await this.server.restart();
    this.state = 'running';
  }

  /** Resumes or starts it if it does not run. */
  async revive(): Promise<void> {
    if (this.state === 'paused') await this.signal('SIGCONT');
    if (this.state === 'ended') await this.restart();
  }

  async stop(): Promise<void> {
    await this.ownConnection?.close();
    await this.server.stop();
  }

  /** A connection to this node only, also while it is away. */
  get connection(): NatsConnection {
    if (!this.ownConnection) throw new Error(`${this.name} was never started`);
    return this.ownConnection;
  }

  /** The answer of its monitoring port. @param path for instance `/jsz` */
  async monitored<T>(path: string): Promise<T> {
    const url = `http://127.0.0.1:${this.options.ports.monitoring}${path}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return (await response.json()) as T;
  }
}

function configuration({ name, cluster, ports, routes, advertised, directory }: NodeOptions): string {
  return `
server_name: ${name}
listen: "127.0.0.1:${ports.client}"
http: "127.0.0.1:${ports.monitoring}"
jetstream { store_dir: ${JSON.stringify(join(directory.path, 'jetstream'))} }
cluster {
  name: ${cluster}
  listen: "127.0.0.1:${ports.route}"
  advertise: "${advertised}"
  routes: ${JSON.stringify(routes)}
}
`;
}
