/* Jobs over a generation, as the database stores them and as the projector reports them to operators: one type for both. */

/** `rebuild` replaces the live generation, `rollback` puts the previous one back, `verify` compares and changes nothing. */
export type JobKind = 'rebuild' | 'rollback' | 'verify';

export type JobPhase = 'filling' | 'indexing' | 'catching up' | 'proving' | 'repairing' | 'switching';

/** `waiting`: an operator must confirm a {@link RowLoss}. */
type JobState = 'running' | 'paused' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** How many rows the list holds, and how many it would hold after the switch. */
export interface RowLoss {
  readonly from: number;
  readonly to: number;
}

/** An operator's order; stored with the generation, so that another leader can continue the job. */
export interface JobOrder {
  readonly kind: JobKind;
  /**
   * rebuild: switch even if the new generation differs from the live one, which a corrected projection needs; rollback: even if rows become
   * older than they are, or missing, because the stream has lost their events.
   */
  readonly acceptDifferences: boolean;
  /** Switch even if the list loses many rows. Earlier releases have stored orders without it. */
  readonly acceptLoss?: boolean;
  /** verify: replace the rows that differ with the folded ones, if events that were read mention them. */
  readonly repair: boolean;
  /** verify, with `repair`: also remove the rows that no event mentions, if there are exactly this many; null leaves them. */
  readonly removeUntold: number | null;
  /** An archive or a mirror to read to its end before the projector's own stream; null: read only the own stream. */
  readonly stream: string | null;
  /** rebuild: read only the last message of every subject. */
  readonly lastPerSubject: boolean;
}

/** An operator's request about a job. */
export type JobRequest = 'run' | 'pause' | 'cancel';

/**
 * The order as it is stored with its generation: the next leader continues the job, and follows what operators have requested meanwhile.
 */
export interface StoredJob extends JobOrder {
  readonly startedAt: string;
  /** The operator's request. Projectors of the previous release know it by this name. */
  readonly requested: JobRequest;
  readonly phase: JobPhase;
  /**
   * Whether the stream was the live generation's when the job was ordered, so that both can be compared. If that changes, the job ends: it
   * was ordered for the other case. Earlier releases have stored orders without it.
   */
  readonly mustBeCompared?: boolean;
  /** With `lastPerSubject`: from this sequence on the generation is complete; before it, subjects are missing. */
  readonly completeFrom?: number;
  /** Without a proof: the sequences that the stream lacked when the generation began to read it, as ranges; null: too many. */
  readonly gone?: readonly (readonly [from: number, to: number])[] | null;
  /** Set while the job waits for an operator to confirm it. */
  readonly loss?: RowLoss | null;
  /** An operator accepts a list of this many rows. */
  readonly confirmedRows?: number;
}

/** One row that differs between the live generation and the one folded from the stream. */
export interface Difference {
  readonly table: string;
  readonly key: string;
  /** From the point of view of the live generation: a row is missing, is too many, or is different. */
  readonly kind: 'missing' | 'extra' | 'different';
  /** No event that was read mentions the live generation's row, so the row need not be wrong. */
  readonly isUntold?: boolean;
}

/** The job as operators see it. */
export interface JobStatus extends JobOrder {
  readonly state: JobState;
  readonly phase: JobPhase;
  /** The generation that the job makes. */
  readonly generation: number;
  /** The stream that the job reads. */
  readonly source: string | null;
  /** The sequence of that stream that the job has reached, and the one it has to reach. */
  readonly position: number;
  readonly target: number;
  readonly eventsPerSecond: number;
  /** null while it is not known. */
  readonly etaSeconds: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly differences: number | null;
  /** How many of the differences are rows that no event mentions; after a repair, how many of those are left. */
  readonly untold: number | null;
  /** The first of the differences. */
  readonly examples: readonly Difference[];
  readonly message: string | null;
  /** The loss of rows that an operator must confirm. */
  readonly loss: RowLoss | null;
  /** Of the tables that the job worked on. Only a recorded end has it. */
  readonly schemaVersion?: number;
  /** Set if it ended because the stream changed after the order. */
  readonly isSourceChanged?: boolean;
  /** Set if a roll-back has put back a generation whose stream is gone, or has lost what comes next. */
  readonly isFrozen?: boolean;
}
