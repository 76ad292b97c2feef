import { childEnvironment, type AppEnvironment } from '../../../test/support/app-environment.js';
import { atEnd } from '../../../test/support/at-end.js';
import { eventually } from '../../../test/support/eventually.js';
import { nodeFlags } from '../../../test/support/node-flags.js';
import { OwnProcess } from '../../../test/support/own-process.js';
import { brokenBy } from './broken.js';

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;

/** A TypeScript file of the benches in its own process, with the flags of the query app. */
export class BenchProcess {
  /** Rejects when the process ends. */
  readonly broken: Promise<never>;
  private readonly process: OwnProcess;
  private stdout = '';

  constructor(
    private readonly file: string,
    env: AppEnvironment,
  ) {
    const args = [...nodeFlags('query'), '--import', 'tsx', `tools/bench/${file}`];
    this.process = new OwnProcess(file, process.execPath, args, {
      env: childEnvironment(env),
      stopSignal: 'SIGTERM',
      onOutput: (text) => (this.stdout += text),
    });
    this.broken = brokenBy(file, this.process.exited, () => this.process.output);
  }

  get pid(): number {
    return this.process.pid;
  }

  /** @returns the first line that the process prints once it is ready, for instance its address */
  async ready(): Promise<string> {
    const look = () => /^(.+)\n/.exec(this.stdout)?.[1];
    const details = () => this.process.output;
    return Promise.race([
      eventually(`${this.file} to be ready`, look, { within: START_WITHIN_MS, details }),
      this.broken,
    ]);
  }

  /** Waits for the end of the process. @returns its output */
  async result(): Promise<string> {
    const { code } = await this.process.exited;
    if (code !== 0) await this.broken;
    return this.stdout;
  }

  async stop(): Promise<void> {
    await this.process.stop(STOP_WITHIN_MS);
  }
}

export interface StartedProcess {
  readonly process: BenchProcess;
  /** The line that the process printed when it was ready. */
  readonly line: string;
}

/** Starts a process that keeps running; the end of the run stops it at the latest. */
export async function startBenchProcess(file: string, env: AppEnvironment): Promise<StartedProcess> {
  const process = new BenchProcess(file, env);
  atEnd(`stopping ${file}`, () => process.stop());
  return { process, line: await process.ready() };
}
