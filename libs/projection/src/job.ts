/*
 * Jobs over a generation, as they are stored with it and as the projector tells operators of them: one shape for both ends.
 */

/** `rebuild` replaces the live generation, `rollback` puts the previous one back, `verify` compares and makes no change. */
export type JobKind = 'rebuild' | 'rollback' | 'verify';

export type JobPhase = 'filling' | 'indexing' | 'catching up' | 'proving' | 'repairing' | 'switching';

/** `waiting`: for an operator who confirms a {@link RowLoss}. */
type JobState = 'running' | 'paused' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** How many rows the list holds, and how many it would hold after the switch. */
export interface RowLoss {
  readonly from: number;
  readonly to: number;
}

/** What an operator orders; kept with the generation, so that another leader can go on with it. */
export interface JobOrder {
  readonly kind: JobKind;
  /** Switch even when the new generation differs from the live one: what a rebuild after a corrected projection is for. */
  readonly acceptDifferences: boolean;
  /** Switch however many rows the list loses by it. Missing in what releases before this one have stored. */
  readonly acceptLoss?: boolean;
  /** verify: put the folded rows in the place of those that differ, where events that were read tell of it. */
  readonly repair: boolean;
  /** verify, with `repair`: also the rows that no event tells of, if there are exactly so many; null leaves them alone. */
  readonly removeUntold: number | null;
  /** An archive or a mirror that is read to its end before the projector's own stream; null for that one alone. */
  readonly stream: string | null;
  /** rebuild: read only the last message of every subject. */
  readonly lastPerSubject: boolean;
}

/** What operators want of a job by now. */
export type JobRequest = 'run' | 'pause' | 'cancel';

/** The order as it is kept with its generation: the next leader goes on with it, and obeys what operators have requested meanwhile. */
export interface StoredJob extends JobOrder {
  readonly startedAt: string;
  /** What operators request of it. Projectors of the release before know it by this name. */
  readonly wish: JobRequest;
  readonly phase: JobPhase;
  /** With `lastPerSubject`: from this sequence on the generation holds everything; before it, subjects are missing. */
  readonly completeFrom?: number;
  /** Set while the job waits for an operator to confirm it. */
  readonly loss?: RowLoss | null;
  /** An operator takes a list of so many rows. */
  readonly confirmedRows?: number;
}

/** One row that is not the same in the live generation and in the one folded from the stream. */
export interface Difference {
  readonly table: string;
  readonly key: string;
  /** Seen from the live generation: it lacks the row, has one too many, or has another. */
  readonly kind: 'missing' | 'extra' | 'different';
  /** No event that was read tells of the live generation's row, which need not be wrong. */
  readonly isUntold?: boolean;
}

/** The job as operators see it. */
export interface JobStatus extends JobOrder {
  readonly state: JobState;
  readonly phase: JobPhase;
  /** The generation being made. */
  readonly generation: number;
  /** The stream that is being read. */
  readonly source: string | null;
  /** Sequence of that stream it has reached, and the one it has to reach. */
  readonly position: number;
  readonly target: number;
  readonly eventsPerSecond: number;
  /** null while it cannot be told. */
  readonly etaSeconds: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly differences: number | null;
  /** How many of them are rows that no event tells of; after a repair, how many of those are left. */
  readonly untold: number | null;
  /** The first of the differences. */
  readonly examples: readonly Difference[];
  readonly message: string | null;
  /** What the job waits for an operator to confirm. */
  readonly loss: RowLoss | null;
  /** Of a roll-back that has put back a generation whose stream is gone. */
  readonly isFrozen?: boolean;
}
