import { childEnvironment, type AppEnvironment } from './app-environment.js';
import { eventually } from './eventually.js';
import { LogLines, type LogLine } from './log-lines.js';
import { parseMetrics } from './metrics.js';
import { nodeFlags } from './node-flags.js';
import { OwnProcess, type Exit } from './own-process.js';

/** The state to wait for: `ready` to take work over HTTP and NATS, or only `listening`, for an app that lacks a server on purpose. */
export type StartedWhen = 'ready' | 'listening';

const START_WITHIN_MS = 30_000;
/** The apps promise to end within this time after SIGTERM. */
const STOP_WITHIN_MS = 10_000;

/** A built app in its own process. */
export class AppProcess {
  private readonly lines = new LogLines();
  private readonly process: OwnProcess;
  private address: string | undefined;
  private isUp = false;
  private wasKilled = false;

  /**
   * @param port the port in its settings; 0: its log names the port
   * @param directory another checkout to run it from
   * @param script the script that Node runs instead of the built app
   */
  constructor(
    app: string,
    settings: AppEnvironment,
    port: number,
    directory?: string,
    script: readonly string[] = [`dist/bin/${app}.js`],
  ) {
    this.process = new OwnProcess(app, process.execPath, [...nodeFlags(app), ...script], {
      env: childEnvironment(settings),
      ...(directory === undefined ? {} : { cwd: directory }),
      stopSignal: 'SIGTERM',
      onOutput: (text) => this.lines.add(text),
    });
    if (port !== 0) this.address = `http://127.0.0.1:${port}`;
  }

  /** @throws with everything it wrote, if it ends or is not there in time */
  async start(when: StartedWhen): Promise<void> {
    const { name } = this.process;
    const details = () => `${name} wrote:\n${this.output}`;
    const path = when === 'ready' ? '/health/ready/nats' : '/health/live';
    const look = async () => (this.process.isRunning ? (await this.answersOk(path)) && 'up' : 'ended');
    try {
      const state = await eventually(`${name} to answer 200 at ${path}`, look, { within: START_WITHIN_MS, details });
      if (state === 'ended')
        throw new Error(`${name} ended while starting: ${inWords(await this.exited)}. ${details()}`);
      this.isUp = true;
    } catch (error) {
      await this.process.stop(STOP_WITHIN_MS).catch(() => undefined);
      throw error;
    }
  }

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    this.address ??= this.logsWith('listening')[0]?.['url'] as string | undefined;
    if (!this.address) throw new Error(`${this.process.name} does not listen yet`);
    return this.address;
  }

  get pid(): number {
    return this.process.pid;
  }

  /** Its log so far. */
  get logs(): readonly LogLine[] {
    return this.lines.all;
  }

  logsWith(message: string): LogLine[] {
    return this.logs.filter(({ msg }) => msg.includes(message));
  }

  /** Everything it wrote so far. */
  get output(): string {
    return this.process.output;
  }

  get exited(): Promise<Exit> {
    return this.process.exited;
  }

  /** Sends the signal and returns at once; await `exited` for the end. */
  kill(signal: NodeJS.Signals): void {
    this.wasKilled ||= signal !== 'SIGSTOP' && signal !== 'SIGCONT';
    this.process.signal(signal);
  }

  /**
   * Stops it by SIGTERM if it still runs.
   * @throws if it does not end within 10 s, or has ended, now or earlier, with an exit code other than 0 and without a SIGKILL
   */
  async stop(): Promise<void> {
    const exit = await this.process.stop(STOP_WITHIN_MS);
    if (exit.code !== 0 && this.isUp && !this.wasKilled)
      throw new Error(`${this.process.name} ended with ${inWords(exit)}. It wrote:\n${this.output}`);
  }

  async metrics(): Promise<Map<string, number>> {
    const response = await fetch(`${this.url}/metrics`);
    return parseMetrics(await response.text());
  }

  private async answersOk(path: string): Promise<boolean> {
    const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(2_000) });
    const body = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${body}`);
    return true;
  }
}

function inWords({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : signal;
}
