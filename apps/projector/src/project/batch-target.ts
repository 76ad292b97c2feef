import type { Client } from 'pg';
import type { Position } from '../consume/position.js';

/** Where a batch goes, and under what right. */
export interface BatchTarget {
  readonly client: Client;
  readonly position: Position;
  /** Inside the transaction: rejects when this writer may not write (any more). */
  readonly fence: (client: Client) => Promise<void>;
  /** How many members of deleted groups a batch changes itself; where there are more they are swept after it. */
  readonly membersAtOnce: number;
  /** How many pairs of token and group are in memory at a time; left out: `PAIRS_AT_ONCE`. */
  readonly pairsAtOnce?: number;
  /** When, by `performance.now()`, the stream last was known to hold nothing beyond a sequence; undefined when that is not known. */
  readonly completeAt?: (sequence: number) => number | undefined;
  /** Called when a single event has run into the statement timeout. @returns whether to try it again; when left out: no */
  readonly moreTime?: () => Promise<boolean>;
}
