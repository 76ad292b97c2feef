import { type Position } from '../stream/position.js';
import type { Client } from 'pg';
import type { Projection } from '../projection.js';

/** Where a batch goes, and under what right. */
export interface BatchTarget {
  readonly projection: Projection;
  readonly client: Client;
  readonly position: Position;
  /** Inside the transaction: rejects when this writer may not write (any more). */
  readonly fence: (client: Client) => Promise<void>;
  /** Whether all work on many rows is left for later, because the rows cannot be found quickly yet. */
  readonly defersAll?: boolean;
  /** When, by `performance.now()`, the stream last was known to hold nothing beyond a sequence; undefined when that is not known. */
  readonly completeAt?: (sequence: number) => number | undefined;
  /** Called when a single event has run into the statement timeout. @returns whether to try it again; when left out: no */
  readonly moreTime?: () => Promise<boolean>;
}

/** How many rows an event may touch in its own transaction; more are left for later. */
export function rowsAtOnceOf({ deferred }: Projection): number {
  return deferred?.rowsAtOnce ?? Infinity;
}
