import type { Leader } from '../connect/leader.js';
import type { LossPrompt } from './confirm-loss.js';
import { JobFollower } from './job-follower.js';
import type { JobStatus } from '#read-model/job.js';
import { jobName } from './job-text.js';
import type { ProgressView } from './progress-view.js';

const INTERRUPTED = 130;

/**
 * Shows a job until it has ended. Ctrl-C ends the showing, not the job.
 * @param begin starts the job, or finds it
 * @param prompt asks the operator what the job waits for; one that is not confirmed is not followed on
 * @returns how it ended, or how it waits
 */
export async function followToEnd(
  leader: Leader,
  begin: () => Promise<JobStatus>,
  makeView: () => ProgressView,
  prompt?: LossPrompt,
): Promise<JobStatus> {
  const follower = new JobFollower(leader, prompt && ((status) => prompt.decide(status)));
  try {
    return await watched(follower, await begin(), makeView());
  } finally {
    follower.close();
  }
}

async function watched(follower: JobFollower, job: JobStatus, view: ProgressView): Promise<JobStatus> {
  const leave = () => {
    view.close();
    process.stderr.write(`\nNo longer watched, but not stopped: ${jobName(job)}. See "tokenctl rebuild --help".\n`);
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', leave);
  try {
    return await follower.follow(job, (status) => view.show(status));
  } finally {
    process.off('SIGINT', leave);
    view.close();
  }
}
