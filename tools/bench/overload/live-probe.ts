import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 50;

/** How long an app took to say that it lives, milliseconds. */
export class LiveProbe {
  private readonly times: number[] = [];
  private isProbing = true;
  private readonly probing: Promise<void>;

  constructor(url: string) {
    this.probing = this.probe(`${url}/health/live`);
  }

  async stop(): Promise<readonly number[]> {
    this.isProbing = false;
    await this.probing;
    return this.times;
  }

  private async probe(url: string): Promise<void> {
    while (this.isProbing) {
      const since = performance.now();
      const { status } = await fetch(url);
      if (status !== 200) throw new Error(`${url} answered ${status}`);
      this.times.push(performance.now() - since);
      await sleep(EVERY_MS);
    }
  }
}
