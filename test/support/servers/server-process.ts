import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.js';
import { OwnProcess } from '../own-process.js';
import { LEAVES_IT_RUNNING, type OwnServer } from './server.js';
import type { TemporaryDirectory } from './temporary-directory.js';

export interface ServerCommand {
  readonly name: string;
  readonly url: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stopSignal: NodeJS.Signals;
  /** Holds everything that the server writes; removed together with the server. */
  readonly directory: TemporaryDirectory;
  isReady(): Promise<boolean>;
}

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;
/** After a crash a server may have to wait for its own remains: orphaned backends, a port that is not free yet. */
const RESTARTS = { attempts: 20, pauseMs: 250 } as const;

/** A server that runs as our child process. */
export class ServerProcess implements OwnServer {
  readonly isOwn = true;
  private process: OwnProcess | undefined;

  constructor(private readonly server: ServerCommand) {}

  get url(): string {
    return this.server.url;
  }

  /** @throws with the server's own output, if it ends or does not answer in time */
  async start(): Promise<void> {
    const { name, command, args, user, stopSignal, directory } = this.server;
    const process = new OwnProcess(name, command, args, { ...user, stopSignal, cwd: directory.path });
    this.process = process;
    const look = async () => (process.isRunning ? (await this.server.isReady()) && 'ready' : 'ended');
    try {
      const details = () => process.output;
      const state = await eventually(`${name} to answer`, look, { within: START_WITHIN_MS, every: 50, details });
      if (state === 'ended') throw new Error(`${name} ended while starting:\n${process.output}`);
    } catch (error) {
      await process.stop(STOP_WITHIN_MS);
      throw error;
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.process?.signal(signal);
    if (!LEAVES_IT_RUNNING.has(signal)) await this.process?.exited;
  }

  async restart(): Promise<void> {
    await this.process?.stop(STOP_WITHIN_MS);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return void (await this.start());
      } catch (error) {
        if (attempt === RESTARTS.attempts) throw error;
        await sleep(RESTARTS.pauseMs);
      }
    }
  }

  async stop(): Promise<void> {
    try {
      await this.process?.stop(STOP_WITHIN_MS);
    } finally {
      await this.server.directory.remove();
    }
  }
}
