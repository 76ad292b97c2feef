import { RequestedOtherwise } from '../store/job-requests.js';
import type { JobProgress } from './job-progress.js';

/**
 * Runs work whose transaction looks whether an operator has cancelled or paused the job meanwhile.
 * @returns false if one has: nothing was done, and the next look at the progress follows the request
 */
export async function unlessStopped(progress: JobProgress, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof RequestedOtherwise)) throw error;
    progress.request(error.requested);
    return false;
  }
}
