import type { Pool } from 'pg';
import type { Engine } from '../engine.js';
import type { JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { listGenerations, liveOf, type GenerationRow } from '../store/generations.js';
import { isNobodyPreparing } from '../store/preparing-lock.js';
import { inTransaction } from '../store/transaction.js';
import { JobProgress } from './job-progress.js';

export type Unfinished = GenerationRow & { readonly job: StoredJob };

/** The one unfinished job, if any. */
export function unfinishedJob(generations: readonly GenerationRow[]): Unfinished | undefined {
  const found = generations.find(({ state, job }) => state !== 'live' && job !== null);
  return found?.job ? { ...found, job: found.job } : undefined;
}

/** An unfinished job: this release can continue it, or only another one can. */
type Found = { readonly ours: Unfinished } | { readonly others: Unfinished } | undefined;

/** @returns undefined also while another projector of this release prepares the job */
export function jobToContinue({ projection }: Engine, { client, isChangingSchema }: Leadership): Promise<Found> {
  return inTransaction(client, async () => {
    const generations = await listGenerations(client, projection);
    const unfinished = unfinishedJob(generations);
    if (!unfinished) return undefined;
    const { schemaVersion } = unfinished;
    if (schemaVersion !== projection.schemaVersion) return { others: unfinished };
    // A leader that has taken the lease for the job has prepared it itself.
    const mayBePrepared = liveOf(generations).schemaVersion !== schemaVersion && !isChangingSchema;
    return mayBePrepared && !(await isNobodyPreparing(client, projection)) ? undefined : { ours: unfinished };
  });
}

/** The stored state of the unfinished job, for a projector that does not work on it: it says which projector must run. */
export async function storedStatus(pool: Pool, projection: Projection): Promise<JobStatus | undefined> {
  const found = unfinishedJob(await listGenerations(pool, projection));
  if (!found) return undefined;
  const progress = new JobProgress(projection, found.number, found.job);
  progress.reached(null, found.position, 0);
  if (found.schemaVersion !== projection.schemaVersion)
    progress.interrupted(othersGoOn(projection, found.schemaVersion));
  else if (!found.job.loss) progress.interrupted('waits for a projector to go on with it');
  return progress.status();
}

/** A newer release takes the lease for its job from the projector that leads; an older one waits until no newer one leads. */
function othersGoOn({ schemaVersion, words }: Projection, version: number): string {
  const start = `only a projector of schema version ${version} goes on with it: start one if none runs`;
  const stop = version < schemaVersion ? `, and stop those of schema version ${schemaVersion}` : '';
  return `${start}${stop}; "${words.tool} rebuild cancel" ends it`;
}
