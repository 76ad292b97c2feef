import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, type Leader } from '../connect/leader.js';
import { Refusal } from '../connect/refusal.js';
import type { JobStatus } from '#projection/job.js';
import { hasEnded, isSameJob, type JobAnswer } from './job-status.js';
import { ProgressInbox } from './progress-inbox.js';

/** Progress comes every half second. After this time without any, the follower requests the job's status from the leader. */
const SILENCE_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;
/**
 * A leader that reports a failure may have lost the lead, and its successor continues the job. So a failure counts only if the leader after
 * this time confirms it.
 */
const CONFIRM_FAILURE_AFTER_MS = 1_000;
/** A new leader continues unfinished jobs within a few seconds. */
const UNKNOWN_FOR_MS = 10_000;
/** A standby takes over within ten seconds; a projector that is started again may take longer. */
const SILENT_FOR_MS = 120_000;

/** Follows a job until it has ended, across lost connections and changes of the leader. */
export class JobFollower {
  private readonly inbox: ProgressInbox;
  private answeredAt = performance.now();
  private knownAt = performance.now();
  private failed: JobStatus | undefined;

  /** Create it before the job starts, so that no progress is missed. */
  constructor(
    private readonly leader: Leader,
    /** Decides after every status whether to follow further. */
    private readonly shouldContinue: (status: JobStatus) => Promise<boolean> = () => Promise.resolve(true),
  ) {
    this.inbox = new ProgressInbox(leader.connection, leader.prefix);
  }

  /**
   * @param show gets every status, including the last one
   * @returns the last status, or the one at which `shouldContinue` said no
   * @throws {Error} if there is no way left to learn how the job ends
   */
  async follow(job: JobStatus, show: (status: JobStatus) => void): Promise<JobStatus> {
    this.answeredAt = this.knownAt = performance.now();
    for (let status: JobStatus | undefined = job; ;) {
      if (status) show(status);
      if (status && (hasEnded(status) || !(await this.shouldContinue(status)))) return status;
      status = (await this.nextProgress(job)) ?? (await this.requestStatus(job));
    }
  }

  close(): void {
    this.inbox.close();
  }

  private async nextProgress(job: JobStatus): Promise<JobStatus | undefined> {
    const status = await this.inbox.next(SILENCE_MS);
    if (!status || !isSameJob(status, job)) return undefined;
    this.answeredAt = this.knownAt = performance.now();
    if (status.state !== 'failed') return status;
    this.failed = status;
    await sleep(CONFIRM_FAILURE_AFTER_MS);
    return undefined;
  }

  private async requestStatus(job: JobStatus): Promise<JobStatus | undefined> {
    const answer = await this.answerOrSilence();
    const now = performance.now();
    if (!answer) {
      if (now - this.answeredAt > SILENT_FOR_MS) throw new Error(silenceMessage());
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

  private async answerOrSilence(): Promise<JobAnswer | undefined> {
    try {
      return await this.leader.request<JobAnswer>('rebuild.status', {}, ANSWER_WITHIN_MS);
    } catch (error) {
      if (!(error instanceof NoAnswer) && !(error instanceof Refusal && error.isPassing)) throw error;
      await sleep(SILENCE_MS / 4);
      return undefined;
    }
  }
}

function silenceMessage(): string {
  return (
    `no projector has answered for ${SILENT_FOR_MS / 1_000} seconds; ` +
    'the job continues as soon as one leads again: tokenctl rebuild status --follow'
  );
}
