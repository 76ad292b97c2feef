import type { Client } from 'pg';
import type { JobStatus, StoredJob } from '#read-model/job.js';
import { fenced } from '../lead/fenced.js';
import type { Leading } from '../lead/leading.js';
import { checkLease } from '../lead/lease.js';
import { dropUnused } from '../rebuild/drop-unused.js';
import { endJob, listGenerations, type GenerationRow } from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';
import { jobInHand } from './job-in-hand.js';

/** Held by the one projector that makes a generation without leading. Any number, as long as every projector takes the same one. */
export const PREPARING_LOCK = 7_146_202;

type Unfinished = GenerationRow & { readonly job: StoredJob };

/**
 * Ends the job in hand for an operator, where nobody works on it who could: no other projector leads, and none prepares a generation
 * of its own release.
 */
export async function endAbandoned(leading: Leading, databaseUrl: string): Promise<void> {
  const ended = await leading.betweenBatches(({ client, lease }) =>
    fenced(client, lease, async () => {
      const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1) as free', [
        PREPARING_LOCK,
      ]);
      const unfinished = rows[0]!.free ? jobInHand(await listGenerations(client)) : undefined;
      if (unfinished) await endJob(client, endOf(unfinished, 'cancelled', 'cancelled by an operator'));
      return unfinished;
    }),
  );
  if (ended && ended.job.kind !== 'rollback')
    await dropUnused(databaseUrl, ended.number, (client) => checkLease(client, leading.lease));
}

/**
 * Ends a job that a release which leads no more has left unfinished.
 * @param client inside a transaction
 * @returns whether it is ended now; false while a projector leads, which may go on with it
 */
export async function endLeftBehind(client: Client, unfinished: Unfinished): Promise<boolean> {
  const { rowCount } = await client.query(
    'select 1 from projector_lease where expires_at < clock_timestamp() for update',
  );
  if (rowCount !== 1) return false;
  const message = `left unfinished by a release of schema version ${unfinished.schemaVersion}, which leads no more`;
  const isWished = unfinished.job.wish === 'cancel';
  return endJob(client, endOf(unfinished, isWished ? 'cancelled' : 'failed', message));
}

function endOf({ number, job, position }: Unfinished, state: 'failed' | 'cancelled', message: string): JobStatus {
  const progress = new JobProgress(job, number);
  progress.reached(null, position, 0);
  return progress.asEnded(state, message);
}
