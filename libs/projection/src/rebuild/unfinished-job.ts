import type { Pool } from 'pg';
import type { JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import { listGenerations, type GenerationRow } from '../store/generations.js';
import { JobProgress } from './job-progress.js';

/** The one unfinished job, if any. */
export function unfinishedJob(
  generations: readonly GenerationRow[],
): (GenerationRow & { readonly job: StoredJob }) | undefined {
  const found = generations.find(({ state, job }) => state !== 'live' && job !== null);
  return found?.job ? { ...found, job: found.job } : undefined;
}

/** The stored state of the unfinished job, for a projector that does not work on it. */
export async function storedStatus(pool: Pool, projection: Projection): Promise<JobStatus | undefined> {
  const found = unfinishedJob(await listGenerations(pool, projection));
  if (!found) return undefined;
  const progress = new JobProgress(projection, found.number, found.job);
  progress.reached(null, found.position, 0);
  if (!found.job.loss) progress.interrupted('waits for a projector to go on with it');
  return progress.status();
}
