import type { Client } from 'pg';
import type { Engine } from '../engine.js';
import type { JobStatus } from '../job.js';
import type { Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { listGenerations } from '../store/generations.js';
import { endJob } from '../store/jobs.js';
import { checkLease, lockVacantLease } from '../store/lease.js';
import { isNobodyPreparing } from '../store/preparing-lock.js';
import { fenced } from '../store/transaction.js';
import { dropUnused } from './drop-unused.js';
import { unfinishedJob, type Unfinished } from './unfinished-job.js';
import { JobProgress, type JobEnd } from './job-progress.js';

/** Ends the unfinished job if an operator has cancelled it and no projector works on it. */
export function endCancelled(engine: Engine, leading: Leadership): Promise<void> {
  const end = { state: 'cancelled', message: 'cancelled by an operator' } as const;
  return endAbandoned(engine, leading, ({ job }) => (job.requested === 'cancel' ? end : undefined));
}

/**
 * Ends the job of another release that no projector prepares any more. Only a leader of that release could continue it, this one leads, and
 * the stream is not the one of the live generation: this release does not wait for the other one, which may never come back.
 */
export function endJobOfOtherRelease(engine: Engine, leading: Leadership): Promise<void> {
  return endAbandoned(engine, leading, ({ schemaVersion }) =>
    schemaVersion !== engine.projection.schemaVersion
      ? {
          state: 'failed',
          message: `left unfinished by a release of schema version ${schemaVersion}, and the stream has changed since`,
        }
      : undefined,
  );
}

/**
 * No projector can work on the unfinished job if no other one leads, and none prepares a generation of its own release.
 * @param how it ends; undefined: it continues
 */
async function endAbandoned(
  { projection, settings }: Engine,
  leading: Leadership,
  how: (unfinished: Unfinished) => JobEnd | undefined,
): Promise<void> {
  const ended = await leading.betweenBatches(({ client, lease }) =>
    fenced(client, lease, async () => {
      const isFree = await isNobodyPreparing(client, projection);
      const unfinished = isFree ? unfinishedJob(await listGenerations(client, projection)) : undefined;
      const end = unfinished && how(unfinished);
      if (!end) return undefined;
      await endJob(client, projection, { ...endOf(projection, unfinished, end), isSourceChanged: leading.isHalted });
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
  const message = `left unfinished by a release of schema version ${unfinished.schemaVersion}, which no longer leads`;
  const state = unfinished.job.requested === 'cancel' ? 'cancelled' : 'failed';
  return endJob(client, projection, endOf(projection, unfinished, { state, message }));
}

function endOf(projection: Projection, { number, job, position }: Unfinished, { state, message }: JobEnd): JobStatus {
  const progress = new JobProgress(projection, number, job);
  progress.reached(null, position, 0);
  return progress.asEnded(state, message);
}
