import type { Client } from 'pg';
import type { Engine } from '../engine.js';
import type { JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { listGenerations, type GenerationRow } from '../store/generations.js';
import { endJob } from '../store/jobs.js';
import { checkLease, lockVacantLease } from '../store/lease.js';
import { isNobodyPreparing } from '../store/preparing-lock.js';
import { fenced } from '../store/transaction.js';
import { dropUnused } from './drop-unused.js';
import { unfinishedJob } from './unfinished-job.js';
import { JobProgress } from './job-progress.js';

type Unfinished = GenerationRow & { readonly job: StoredJob };

/**
 * Ends the unfinished job for an operator if no projector can work on it: no other projector leads, and none prepares a generation of its
 * own release.
 */
export async function endAbandoned({ projection, settings }: Engine, leading: Leadership): Promise<void> {
  const ended = await leading.betweenBatches(({ client, lease }) =>
    fenced(client, lease, async () => {
      const isFree = await isNobodyPreparing(client, projection);
      const unfinished = isFree ? unfinishedJob(await listGenerations(client, projection)) : undefined;
      if (unfinished)
        await endJob(client, projection, endOf(projection, unfinished, 'cancelled', 'cancelled by an operator'));
      return unfinished;
    }),
  );
  if (ended && ended.job.kind !== 'rollback')
    await dropUnused(settings.databaseUrl, projection, ended.number, (client) => checkLease(client, leading.lease));
}

/**
 * Ends a job that was left unfinished by a release that no longer leads.
 * @param client inside a transaction
 * @returns whether the job has ended; false while a projector leads, which may continue the job
 */
export async function endLeftBehind(client: Client, projection: Projection, unfinished: Unfinished): Promise<boolean> {
  if (!(await lockVacantLease(client, projection))) return false;
  const message = `left unfinished by a release of schema version ${unfinished.schemaVersion}, which leads no more`;
  const state = unfinished.job.requested === 'cancel' ? 'cancelled' : 'failed';
  return endJob(client, projection, endOf(projection, unfinished, state, message));
}

function endOf(
  projection: Projection,
  { number, job, position }: Unfinished,
  state: 'failed' | 'cancelled',
  message: string,
): JobStatus {
  const progress = new JobProgress(projection, number, job);
  progress.reached(null, position, 0);
  return progress.asEnded(state, message);
}
