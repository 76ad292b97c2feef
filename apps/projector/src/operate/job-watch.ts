import type { Pool } from 'pg';
import type { JobWish } from '#read-model/job.js';
import { JobFailed } from '../rebuild/job-ended.js';
import type { JobProgress } from '../rebuild/job-progress.js';
import { bytes, type DatabaseLimit } from '../rebuild/room/ensure-room.js';

const EVERY_MS = 500;

/**
 * Carries to the work what operators wish meanwhile, and whether the database outgrows what it may take. The wish is stored with the
 * job, so that it reaches whoever works on it, and the one after that.
 */
export class JobWatch {
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly progress: JobProgress,
    private readonly limit: DatabaseLimit,
  ) {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  /** Looks now. One look follows the other: an older one cannot undo what a newer one has seen. */
  look(): Promise<void> {
    // A database that is away holds up the work itself, which says so.
    return (this.looking = this.looking.then(() => this.lookOnce()).catch(() => undefined));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async lookOnce(): Promise<void> {
    const { progress, limit } = this;
    const { rows } = await this.pool.query<{ wish: JobWish; confirmed: string | null; bytes: string }>(
      `select job ->> 'wish' as wish, job ->> 'confirmedTokens' as confirmed, case when $2 then pg_database_size(current_database()) else 0 end as bytes
      from generation where number = $1 and job ->> 'startedAt' = $3`,
      [progress.generation, typeof limit === 'number', progress.order.startedAt],
    );
    const row = rows[0];
    // Told by nobody else: a worker that rests or waits does nothing by which it would find out.
    progress.isGone = !row;
    if (!row || progress.isFinished || progress.ending) return;
    if (row.confirmed !== null) progress.confirmedTokens = Number(row.confirmed);
    if (row.wish === 'cancel') progress.cancel();
    else progress.set(row.wish === 'pause' ? 'paused' : 'running');
    if (typeof limit === 'number' && Number(row.bytes) > limit && progress.order.kind !== 'rollback')
      progress.ending = new JobFailed(
        `the database has ${bytes(Number(row.bytes))}, more than the ${bytes(limit)} of DATABASE_MAX_BYTES`,
      );
  }
}
