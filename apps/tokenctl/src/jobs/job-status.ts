import type { JobStatus } from '#projection/job.js';

/** The answer of `<prefix>.rebuild.status`: the unfinished job, else the one that ended last, whichever projector worked on it. */
export interface JobAnswer {
  readonly job: JobStatus | null;
}

/**
 * Whether both are the same job, whichever projector runs it. The start time counts too, because a dropped generation's number is used
 * again.
 */
export function isSameJob(a: JobStatus, b: JobStatus): boolean {
  return a.kind === b.kind && a.generation === b.generation && a.startedAt === b.startedAt;
}

export function hasEnded({ finishedAt }: JobStatus): boolean {
  return finishedAt !== null;
}

/** Whether the job reached its aim. The aim of a verification is that nothing differs at its end. */
export function hasSucceeded({ state, kind, repair, differences, untold }: JobStatus): boolean {
  // A projector of the previous release does not report untold rows.
  const isRepaired = repair && (untold ?? 0) === 0;
  return state === 'done' && (kind !== 'verify' || isRepaired || differences === 0);
}
