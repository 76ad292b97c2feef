/** A job of the projector's, as its answers and progress messages tell it. */
export interface JobStatus {
  readonly kind: 'rebuild' | 'rollback' | 'verify';
  readonly repair: boolean;
  readonly state: 'running' | 'paused' | 'done' | 'failed' | 'cancelled';
  readonly phase: string;
  /** The generation being made. */
  readonly generation: number;
  /** Stream sequence it has reached, and the one it has to reach. */
  readonly position: number;
  readonly target: number;
  readonly eventsPerSecond: number;
  readonly etaSeconds: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** null before anything has been compared. */
  readonly differences: number | null;
  /** The first of the differences. */
  readonly examples: readonly Difference[];
  readonly message: string | null;
}

export interface Difference {
  readonly table: string;
  readonly key: string;
  /** Seen from the live generation. */
  readonly kind: 'missing' | 'extra' | 'different';
}

/** What `<prefix>.rebuild.status` answers: the job in hand, else the last one of that projector. */
export interface JobAnswer {
  readonly job: JobStatus | null;
}

/** The same job, whichever projector carries it out. */
export function isSameJob(a: JobStatus, b: JobStatus): boolean {
  return a.kind === b.kind && a.generation === b.generation;
}

export function hasEnded({ finishedAt }: JobStatus): boolean {
  return finishedAt !== null;
}

/** Whether it came to what it was begun for; of a verification, that nothing differs any more. */
export function hasSucceeded({ state, kind, repair, differences }: JobStatus): boolean {
  return state === 'done' && (kind !== 'verify' || repair || differences === 0);
}
