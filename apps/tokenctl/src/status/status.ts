import type { JobStatus } from '#projection/job.js';

/** Everything that `tokenctl status` shows, in the form that `--json` prints. Null means: not known, or not there. */
export interface Status {
  readonly at: string;
  readonly stream: StreamStatus | null;
  readonly readModel: ReadModelStatus | null;
  readonly leader: LeaderStatus | null;
  /** The current job, else the last one of the projector that leads. */
  readonly job: JobStatus | null;
  readonly generations: readonly GenerationStatus[] | null;
  /** Tables that look like those of a generation but belong to none. Null: not known. */
  readonly strayTables: readonly TableSize[] | null;
  readonly deadLetters: { readonly open: number; readonly oldest: string | null } | null;
  readonly databaseBytes: number | null;
  /** The sources that gave no answer, and why. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly what: 'database' | 'nats' | 'projector';
  readonly message: string;
}

export interface StreamStatus {
  readonly name: string;
  readonly created: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly messages: number;
  readonly bytes: number;
}

export interface ReadModelStatus {
  /** Number of the live generation. */
  readonly generation: number;
  readonly position: number;
  /** null when the stream is not known, or is not the one the position belongs to. */
  readonly lagEvents: number | null;
  /** Seconds since it was last known to hold everything in the stream; null before the first time. */
  readonly lagSeconds: number | null;
  readonly caughtUpAt: string | null;
  readonly staleBecause: string | null;
  /** The position that answers state. It is lower than `position` while members of deleted groups are still to be changed. */
  readonly completeTo: number;
  readonly groupSweeps: readonly GroupSweepStatus[];
}

/** A deleted group with members that are still to be changed. */
export interface GroupSweepStatus {
  readonly tokenGroupId: number;
  readonly membersDone: number;
}

export interface LeaderStatus {
  readonly holder: string;
  readonly epoch: number;
  /** Negative if the lease was not renewed in time, null if it was handed back: no projector leads then, unless one is in a batch. */
  readonly expiresInSeconds: number | null;
  /** The projector is in a batch, and no other one can take the lease before its end. */
  readonly isInBatch: boolean;
  /** The session that has locked the lease, if it is no projector's: once the lease has run out, no projector can take it. */
  readonly lockedBy: LockingSession | null;
}

export interface LockingSession {
  /** The pid in pg_stat_activity; null: a prepared transaction. */
  readonly process: number | null;
  /** The `application_name` in pg_stat_activity. */
  readonly application: string | null;
}

export interface GenerationStatus {
  readonly number: number;
  readonly state: string;
  readonly position: number;
  /** null: not known. */
  readonly bytes: number | null;
  readonly schemaVersion: number;
  readonly createdAt: string;
  /** When another generation replaced it. */
  readonly retiredAt: string | null;
  /** The stream it was read from, and that stream's own `created`. */
  readonly stream: string | null;
  readonly streamCreated: string | null;
  /** The kind of the job that builds it. */
  readonly job: string | null;
}

export interface TableSize {
  readonly name: string;
  readonly bytes: number;
}
