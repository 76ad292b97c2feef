import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from './children-of.js';
import { END_PROCESS, whenParentDies } from './when-parent-dies.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface OwnProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** The signal for an orderly end. */
  readonly stopSignal: NodeJS.Signals;
  /** Receives standard output as it arrives. */
  readonly onOutput?: (text: string) => void;
}

const KEPT_OUTPUT = 1_000_000;

/**
 * A child process that does not outlive us. It has its own session, so that Ctrl-C on a terminal reaches only us, and we end the children
 * in order.
 */
export class OwnProcess {
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private text = '';
  private running = true;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    private readonly options: OwnProcessOptions,
  ) {
    const { stopSignal, onOutput, ...spawnOptions } = options;
    this.child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.keep(chunk);
      onOutput?.(chunk);
    });
    this.child.stderr.setEncoding('utf8').on('data', (chunk: string) => this.keep(chunk));
    const allIsWell = whenParentDies(END_PROCESS, String(this.pid), stopSignal.replace('SIG', ''));
    this.exited = new Promise<Exit>((resolve) => {
      this.child.once('error', (error) => {
        this.keep(error.message);
        if (this.child.pid === undefined) resolve({ code: 127, signal: null });
      });
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    }).finally(() => {
      this.running = false;
      allIsWell();
    });
  }

  /** 0 if the process could not be started. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** Everything the process wrote to stdout and stderr, up to the last million characters. */
  get output(): string {
    return this.text;
  }

  /** SIGSTOP also freezes its children (every connection of PostgreSQL is one); any other signal resumes them all. */
  signal(signal: NodeJS.Signals): void {
    if (!this.running || this.pid === 0) return;
    const thawOrFreeze = signal === 'SIGSTOP' ? 'SIGSTOP' : 'SIGCONT';
    const children = childrenOf(this.pid);
    this.child.kill(signal);
    this.child.kill(thawOrFreeze);
    for (const pid of children) sendSignal(pid, thawOrFreeze);
  }

  /** Sends the stop signal. @throws if the process has not ended in time; it is killed then */
  async stop(withinMs: number): Promise<Exit> {
    this.signal(this.options.stopSignal);
    const timer = new AbortController();
    const late = sleep(withinMs, undefined, { signal: timer.signal }).catch(() => undefined);
    const exit = await Promise.race([this.exited, late]);
    timer.abort();
    if (exit) return exit;
    this.signal('SIGKILL');
    await this.exited;
    throw new Error(`${this.name} did not stop within ${withinMs} ms of ${this.options.stopSignal}\n${this.output}`);
  }

  private keep(chunk: string): void {
    this.text = (this.text + chunk).slice(-KEPT_OUTPUT);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended meanwhile.
  }
}
