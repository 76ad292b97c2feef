import { type Position } from '../stream/position.js';
import type { Client } from 'pg';
import type { Projection } from '../projection.js';

/** The target of a batch, and the right to write it. */
export interface BatchTarget {
  readonly projection: Projection;
  readonly client: Client;
  readonly position: Position;
  /** Runs inside the transaction: rejects if this writer may not write (any more). */
  readonly fence: (client: Client) => Promise<void>;
  /** Whether to leave all work on many rows for later, because PostgreSQL cannot find the rows quickly yet. */
  readonly defersAll?: boolean;
  /** When, by `performance.now()`, the stream was last known to hold nothing beyond a sequence; undefined if that is not known. */
  readonly completeAt?: (sequence: number) => number | undefined;
  /** Called if a single event has run into the statement timeout. @returns whether to try it again; left out: no */
  readonly moreTime?: () => Promise<boolean>;
}

/** How many rows an event may touch in its own transaction; work on more is left for later. */
export function rowsAtOnceOf({ deferred }: Projection): number {
  return deferred?.rowsAtOnce ?? Infinity;
}
