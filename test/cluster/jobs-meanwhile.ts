import type { JobKind, JobStatus } from '#projection/job.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rebuilds } from '../rebuild/rebuilds.js';
import { atEnd } from '../support/at-end.js';

const LOOK_EVERY_MS = 50;

/** Rebuilds and verifications in turn, one after the other without an end, whatever happens to the cluster meanwhile. */
export class JobsMeanwhile {
  private readonly endings = new Map<string, JobStatus>();
  private readonly running: Promise<void>;
  private isStopping = false;

  constructor(private readonly jobs: Rebuilds) {
    this.running = this.run();
    atEnd('ending the jobs', async () => void (await this.stop()));
  }

  /** Begins no other one, once there was one of each kind, and waits for the end of the last. @returns how each ended */
  async stop(): Promise<readonly JobStatus[]> {
    this.isStopping = true;
    await this.running;
    return [...this.endings.values()];
  }

  private async run(): Promise<void> {
    let before = await this.status();
    // The node that was asked may be the one that goes away.
    while (before === undefined) before = await this.status();
    for (; ; await sleep(LOOK_EVERY_MS)) {
      const last = await this.status();
      if (last === undefined || last?.finishedAt === null) continue;
      if (last && last.startedAt !== before?.startedAt) this.endings.set(last.startedAt, last);
      if (this.isStopping && this.endings.size >= 2) return;
      const kind: JobKind = last?.kind === 'rebuild' ? 'verify' : 'rebuild';
      // Refused, or without an answer while a node is away: the next look tells whether it has begun.
      await this.jobs.ask(kind).catch(() => undefined);
    }
  }

  /** undefined: nobody answers at the moment. null: there was none yet. */
  private status(): Promise<JobStatus | null | undefined> {
    return this.jobs.status().catch(() => undefined);
  }
}
