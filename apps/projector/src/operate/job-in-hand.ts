import type { Pool } from 'pg';
import type { JobStatus, StoredJob } from '#read-model/job.js';
import { listGenerations, type GenerationRow } from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';

/** The one job that is not finished yet, if any. */
export function jobInHand(
  generations: readonly GenerationRow[],
): (GenerationRow & { readonly job: StoredJob }) | undefined {
  const found = generations.find(({ state, job }) => state !== 'live' && job !== null);
  return found?.job ? { ...found, job: found.job } : undefined;
}

/** The state of the job in hand as far as it is stored, for who does not work on it. */
export async function storedStatus(pool: Pool): Promise<JobStatus | undefined> {
  const client = await pool.connect();
  try {
    const found = jobInHand(await listGenerations(client));
    if (!found) return undefined;
    const progress = new JobProgress(found.job, found.number);
    progress.reached(null, found.position, 0);
    if (!found.job.loss) progress.interrupted('waits for a projector to go on with it');
    return progress.status();
  } finally {
    client.release();
  }
}
