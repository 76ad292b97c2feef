import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, type Leader } from '../connect/leader.js';
import type { JobStatus } from '#read-model/job.js';
import { hasEnded, isSameJob, type JobAnswer } from './job-status.js';
import { ProgressInbox } from './progress-inbox.js';

/** Progress comes every half second; after so long without any the leader is asked. */
const SILENCE_MS = 2_000;
const ASK_WITHIN_MS = 2_000;
/** A leader that gives up leads no more, but its successor goes on: so a failure counts once the leader of then confirms it. */
const CONFIRM_FAILURE_AFTER_MS = 1_000;
/** A new leader takes unfinished jobs up within moments. */
const UNKNOWN_FOR_MS = 10_000;
/** Taking over takes a standby up to ten seconds; a projector that is started anew may take longer. */
const SILENT_FOR_MS = 120_000;

/** Follows a job until it has ended, over lost connections and changes of the leader. */
export class JobFollower {
  private readonly inbox: ProgressInbox;
  private answeredAt = performance.now();
  private knownAt = performance.now();
  private failed: JobStatus | undefined;

  /** Make it before the job is started. */
  constructor(
    private readonly leader: Leader,
    /** Asked with every status whether to follow on. */
    private readonly goesOn: (status: JobStatus) => Promise<boolean> = () => Promise.resolve(true),
  ) {
    this.inbox = new ProgressInbox(leader.connection, leader.prefix);
  }

  /**
   * @param show gets every status, the last one included
   * @returns the status it ended with, or at which it is not to be followed on
   * @throws when the job's end cannot be learnt any more
   */
  async follow(job: JobStatus, show: (status: JobStatus) => void): Promise<JobStatus> {
    this.answeredAt = this.knownAt = performance.now();
    for (let status: JobStatus | undefined = job; ;) {
      if (status) show(status);
      if (status && (hasEnded(status) || !(await this.goesOn(status)))) return status;
      status = (await this.hear(job)) ?? (await this.inquire(job));
    }
  }

  close(): void {
    this.inbox.close();
  }

  private async hear(job: JobStatus): Promise<JobStatus | undefined> {
    const status = await this.inbox.next(SILENCE_MS);
    if (!status || !isSameJob(status, job)) return undefined;
    this.answeredAt = this.knownAt = performance.now();
    if (status.state !== 'failed') return status;
    this.failed = status;
    await sleep(CONFIRM_FAILURE_AFTER_MS);
    return undefined;
  }

  private async inquire(job: JobStatus): Promise<JobStatus | undefined> {
    const answer = await this.ask();
    const now = performance.now();
    if (!answer) {
      if (now - this.answeredAt > SILENT_FOR_MS) throw new Error(nobody());
      return undefined;
    }
    this.answeredAt = now;
    if (answer.job && isSameJob(answer.job, job)) {
      this.knownAt = now;
      return answer.job;
    }
    if (now - this.knownAt <= UNKNOWN_FOR_MS) return undefined;
    if (this.failed) return this.failed;
    throw new Error(
      'the projector that leads now knows nothing of the job: it has ended, see "tokenctl status" for how',
    );
  }

  private async ask(): Promise<JobAnswer | undefined> {
    try {
      return await this.leader.ask<JobAnswer>('rebuild.status', {}, ASK_WITHIN_MS);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await sleep(SILENCE_MS / 4);
      return undefined;
    }
  }
}

function nobody(): string {
  return (
    `no projector has answered for ${SILENT_FOR_MS / 1_000} seconds; ` +
    'the job goes on as soon as one leads again: tokenctl rebuild status --follow'
  );
}
