import type { Pool } from 'pg';
import type { DatabaseLimit } from '../settings.js';
import { every, type Periodic } from '../store/every.js';
import { requestedState } from '../store/job-requests.js';
import { bytes } from './ensure-disk-space.js';
import { JobFailed } from '../job-ended.js';
import type { JobProgress } from './job-progress.js';

const EVERY_MS = 500;

/**
 * Passes operators' requests to the work on a job, and ends the work if the database exceeds its limit. The request is stored with the job,
 * so it reaches the projector that works on it, and the next one. If the database is away, the work itself stops and reports it.
 */
export function followRequests(pool: Pool, progress: JobProgress, limit: DatabaseLimit): Periodic {
  return every(EVERY_MS, async () => {
    const { generation, order } = progress;
    const state = await requestedState(pool, generation, order.startedAt, typeof limit === 'number');
    // Nothing else would show it: a worker that pauses or waits does nothing that would find out.
    progress.isGone = !state;
    if (!state || progress.isFinished || progress.ending) return;
    const { requested, confirmedRows, databaseBytes } = state;
    if (confirmedRows !== undefined) progress.confirmedRows = confirmedRows;
    progress.request(requested);
    if (typeof limit === 'number' && databaseBytes > limit && order.kind !== 'rollback')
      progress.ending = new JobFailed(
        `the database has ${bytes(databaseBytes)}, more than the ${bytes(limit)} of DATABASE_MAX_BYTES`,
      );
  });
}
