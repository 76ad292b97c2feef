import type { JobStatus } from '#read-model/job.js';

/** What `<prefix>.rebuild.status` answers: the job in hand, else the last one of that projector. */
export interface JobAnswer {
  readonly job: JobStatus | null;
}

/** The same job, whichever projector carries it out; the number of a generation that was dropped is used again. */
export function isSameJob(a: JobStatus, b: JobStatus): boolean {
  return a.kind === b.kind && a.generation === b.generation && a.startedAt === b.startedAt;
}

export function hasEnded({ finishedAt }: JobStatus): boolean {
  return finishedAt !== null;
}

/** Whether it came to what it was begun for; of a verification, that nothing differs any more. */
export function hasSucceeded({ state, kind, repair, differences, untold }: JobStatus): boolean {
  // A projector of the release before says nothing of untold rows.
  const isRepaired = repair && (untold ?? 0) === 0;
  return state === 'done' && (kind !== 'verify' || isRepaired || differences === 0);
}
