import {
  CONFIGURED_LIMIT_EXCEEDED,
  DISK_FULL,
  isFaultOfTheData,
  sqlState,
} from '#service-runtime/postgres/postgres-errors.js';
import type { Engine } from '../engine.js';
import type { JobKind } from '../job.js';
import type { Leadership } from '../run/leadership.js';
import { recordedEnd } from '../store/jobs.js';
import { JobCancelled, JobFailed, JobsStreamChanged } from '../job-ended.js';
import { ProofOutdated } from './build-checks.js';
import type { JobEnd, JobProgress } from './job-progress.js';
import { LeadersWork } from './leaders-work.js';
import { catchUp, fill, openBuild } from './phases/fill.js';
import { indexTables } from './phases/index-tables.js';
import { prove, replayLetters } from './phases/prove.js';
import { reportOrRepair } from './phases/repair.js';
import { switchOver } from './phases/switch-over.js';
import type { Phase } from './work.js';

const MOST_PROOFS = 3;

/** Brings a generation near the live one and does not touch the live one. */
export const PREPARATION: readonly Phase[] = [openBuild, fill, indexTables, catchUp];

/** The phases of each kind of job, in order. */
const PHASES: Readonly<Record<JobKind, readonly Phase<LeadersWork>[]>> = {
  rebuild: [...PREPARATION, replayLetters, prove, switchOver],
  verify: [openBuild, fill, catchUp, replayLetters, prove, reportOrRepair],
  rollback: [openBuild, fill, catchUp, replayLetters, switchOver],
};

/** @returns how the job has ended @throws an error that interrupts the work; a new attempt may succeed */
export async function runPhases(engine: Engine, leading: Leadership, progress: JobProgress): Promise<JobEnd> {
  const { generation, order } = progress;
  let work: LeadersWork | undefined;
  try {
    const stored = await LeadersWork.stored(engine, leading, generation);
    if (!stored?.job || !progress.isOf(generation, stored.job)) return await endOf(engine, leading, progress);
    if (progress.ending) throw progress.ending;
    work = await LeadersWork.open(engine, leading, progress, stored.job);
    let message: string | undefined;
    for (const phase of PHASES[order.kind]) message = await phase(work);
    return { state: 'done', message: message! };
  } catch (error) {
    const failure = asFailure(error, progress) ?? afterProofs(error, progress);
    if (!failure) throw error;
    const { message } = failure;
    if (failure instanceof JobCancelled) return { state: 'cancelled', message };
    return { state: 'failed', message, isStreamChanged: failure instanceof JobsStreamChanged };
  } finally {
    await work?.close();
  }
}

/** Where the stream always loses messages before they are read, no number of proofs is enough. */
function afterProofs(error: unknown, progress: JobProgress): JobFailed | undefined {
  if (!(error instanceof ProofOutdated)) return undefined;
  progress.outdatedProofs += 1;
  if (progress.outdatedProofs < MOST_PROOFS) return undefined;
  return new JobFailed(`not switched: after each of ${MOST_PROOFS} proofs messages were missing; ${error.reason}`);
}

/** The last attempt may have committed its switch without learning of the commit, or another projector has ended the job. */
async function endOf({ projection }: Engine, leading: Leadership, { generation, order }: JobProgress): Promise<JobEnd> {
  const { startedAt } = order;
  const end = await leading.betweenBatches(({ client }) => recordedEnd(client, projection, { generation, startedAt }));
  if (!end) throw new JobFailed(`the job of generation ${generation} has been ended by another projector`);
  return { state: end.state as JobEnd['state'], message: end.message! };
}

/**
 * Errors that end a job permanently. A full disk does: the job would take the space of the live generation. A row that PostgreSQL refuses
 * for its values does, too, and so does a limit on its temporary files.
 */
export function asFailure(error: unknown, progress: JobProgress): JobFailed | undefined {
  if (error instanceof JobFailed) return error;
  if (sqlState(error) === DISK_FULL)
    return new JobFailed(`the disk of the database is full: ${(error as Error).message}`);
  if (sqlState(error) === CONFIGURED_LIMIT_EXCEEDED)
    return new JobFailed(`a limit of the database forbids it: ${(error as Error).message}`);
  if (!isFaultOfTheData(error)) return undefined;
  const { phase } = progress.status();
  return new JobFailed(`PostgreSQL refused what was written while ${phase}: ${(error as Error).message}`);
}
