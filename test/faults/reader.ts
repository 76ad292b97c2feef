import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from '../support/at-end.js';
import { httpList } from '../support/clients.js';

const EVERY_MS = 20;

/** A client that asks for the list all the time, whatever happens. */
export class Reader {
  /** Answers by status. */
  readonly statuses = new Map<number, number>();
  /** Steps back of the position from one answer to the next; there must be none. */
  readonly stepsBack: string[] = [];
  private readonly running: Promise<void>;
  private isStopping = false;

  constructor(private readonly queryUrl: string) {
    this.running = this.run();
    atEnd('ending a reader', () => this.stop());
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (let last = 0; !this.isStopping; await sleep(EVERY_MS)) {
      const { status, headers } = await httpList(this.queryUrl, { limit: 10 });
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status !== 200) continue;
      const position = Number(headers.get('x-read-position'));
      if (position < last) this.stepsBack.push(`${last} -> ${position}`);
      last = position;
    }
  }
}
