import type { Pool } from 'pg';
import { every, type Periodic } from '../store/every.js';
import { requestedState } from '../store/jobs.js';
import { bytes, type DatabaseLimit } from './disk-space/ensure-room.js';
import { JobFailed } from './job-ended.js';
import type { JobProgress } from './job-progress.js';

const EVERY_MS = 500;

/**
 * Carries to the work what operators request meanwhile, and whether the database outgrows what it may take. The request is stored with the
 * job, so that it reaches the projector that works on it, and the one after that.
 * A database that is away holds up the work itself, which says so.
 */
export function followRequests(pool: Pool, progress: JobProgress, limit: DatabaseLimit): Periodic {
  return every(EVERY_MS, async () => {
    const { generation, order } = progress;
    const requested = await requestedState(pool, generation, order.startedAt, typeof limit === 'number');
    // Told by nobody else: a worker that pauses or waits does nothing by which it would find out.
    progress.isGone = !requested;
    if (!requested || progress.isFinished || progress.ending) return;
    const { wish, confirmedRows, databaseBytes } = requested;
    if (confirmedRows !== undefined) progress.confirmedRows = confirmedRows;
    if (wish === 'cancel') progress.cancel();
    else progress.set(wish === 'pause' ? 'paused' : 'running');
    if (typeof limit === 'number' && databaseBytes > limit && order.kind !== 'rollback')
      progress.ending = new JobFailed(
        `the database has ${bytes(databaseBytes)}, more than the ${bytes(limit)} of DATABASE_MAX_BYTES`,
      );
  });
}
