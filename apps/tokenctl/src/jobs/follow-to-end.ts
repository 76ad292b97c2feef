import type { Leader } from '../connect/leader.js';
import type { LossPrompt } from './confirm-loss.js';
import { JobFollower } from './job-follower.js';
import type { JobStatus } from '#projection/job.js';
import { jobName } from './job-text.js';
import type { ProgressView } from './progress-view.js';

const INTERRUPTED = 130;

/**
 * Shows a job until it has ended. Ctrl-C ends the display, not the job.
 * @param begin starts the job, or finds it
 * @param prompt gets the confirmation that the job waits for from the operator; without a confirmation, following ends
 * @returns how the job ended, or that it waits
 */
export async function followToEnd(
  leader: Leader,
  begin: () => Promise<JobStatus>,
  makeView: () => ProgressView,
  prompt?: LossPrompt,
): Promise<JobStatus> {
  const follower = new JobFollower(leader, prompt && ((status) => prompt.decide(status)));
  try {
    return await showWhileRunning(follower, await begin(), makeView());
  } finally {
    follower.close();
  }
}

async function showWhileRunning(follower: JobFollower, job: JobStatus, view: ProgressView): Promise<JobStatus> {
  const stopShowing = () => {
    view.close();
    process.stderr.write(`\nNo longer watched, but not stopped: ${jobName(job)}. See "tokenctl rebuild --help".\n`);
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', stopShowing);
  try {
    return await follower.follow(job, (status) => view.show(status));
  } finally {
    process.off('SIGINT', stopShowing);
    view.close();
  }
}
