import { childEnvironment, type AppEnvironment } from '../support/app-environment.js';
import { atEnd } from '../support/at-end.js';
import { eventually } from '../support/eventually.js';
import { OwnProcess, type Exit } from '../support/own-process.js';
import { runTokenctl, type Run } from '../support/run-tokenctl.js';

/** A command that is still running. */
export interface Running {
  readonly output: string;
  readonly exited: Promise<Exit>;
  /** Waits until it has written something that matches. */
  writes(pattern: RegExp): Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
}

const PROGRAM = 'dist/bin/tokenctl.js';

/** Runs the command line with the settings of one system. */
export class Operator {
  constructor(private readonly env: AppEnvironment) {}

  /** Expects the exit code; a failure shows what it wrote. */
  async run(code: number, ...args: string[]): Promise<Run> {
    const run = await runTokenctl(args, this.env);
    const { output } = run;
    expect({ args, output, code: run.exit.code }).toEqual({ args, output, code });
    return run;
  }

  /** What it writes to standard output as one line of JSON. */
  async json<T>(code: number, ...args: string[]): Promise<T> {
    const { stdout } = await this.run(code, ...args, '--json');
    expect(stdout).toMatch(/^[^\n]+\n$/);
    return JSON.parse(stdout) as T;
  }

  /** Starts it and does not wait for its end. */
  start(...args: string[]): Running {
    const child = new OwnProcess(`tokenctl ${args.join(' ')}`, process.execPath, [PROGRAM, ...args], {
      env: childEnvironment(this.env),
      stopSignal: 'SIGTERM',
    });
    atEnd(`stopping ${child.name}`, async () => void (await child.stop(5_000)));
    return {
      get output() {
        return child.output;
      },
      exited: child.exited,
      writes: (pattern) =>
        eventually(`${child.name} to write ${pattern}`, () => pattern.test(child.output), {
          details: () => child.output,
        }),
      signal: (signal) => child.signal(signal),
    };
  }
}
