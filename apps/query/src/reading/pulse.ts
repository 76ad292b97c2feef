import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, notMigrated, readFailure, tookTooLong } from './read-failure.js';
import { ReadPools } from './read-pools.js';
import { isOfAnotherStream, type ReadModelState } from './reading.js';
import { STATE_SQL } from './snapshot.sql.js';

/** The state is read this long after the last reading, while a request waits for it. */
const EVERY_MS = 10;

/** A state of the read model. */
export interface SeenState {
  readonly state: ReadModelState;
  /** It was read then or later, by `performance.now()`. */
  readonly since: number;
}

interface Waiting {
  readonly position: bigint;
  /** The last one that was read, if any. */
  seen: SeenState | undefined;
  readonly deadline: NodeJS.Timeout;
  readonly end: (seen: SeenState) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Knows the position of the live generation while a request waits for one: one small statement for all that wait, and none while no
 * request does.
 */
@Injectable()
export class Pulse {
  private readonly waiting = new Set<Waiting>();
  private isBeating = false;

  constructor(private readonly pools: ReadPools) {}

  /**
   * Waits until the read model holds everything up to a position, and no longer than its deadline, also while the database is stuck.
   * @param known the state, if it was read
   * @param until by `performance.now()`
   * @returns the state then, or that of the last reading in time, whose position may be lower, or at once one of another stream
   * @throws when the database does not answer
   */
  whenAt(position: bigint, known: SeenState | undefined, until: number): Promise<SeenState> {
    return new Promise((end, fail) => {
      const deadline = setTimeout(() => {
        this.letGo(waiting);
        if (waiting.seen) end(waiting.seen);
        else fail(tookTooLong());
      }, until - performance.now());
      const waiting: Waiting = { position, seen: known, deadline, end, fail };
      this.waiting.add(waiting);
      if (!this.isBeating) void this.beat();
    });
  }

  private async beat(): Promise<void> {
    this.isBeating = true;
    while (this.waiting.size > 0) {
      try {
        const since = performance.now();
        this.tell({ state: await this.state(), since });
      } catch (error) {
        if (!isPassing(error)) for (const waiting of this.waiting) this.letGo(waiting).fail(readFailure(error));
      }
      if (this.waiting.size > 0) await sleep(EVERY_MS);
    }
    this.isBeating = false;
  }

  private tell(seen: SeenState): void {
    const { state } = seen;
    const isVain = isOfAnotherStream(state);
    const reached = BigInt(state.position);
    for (const waiting of this.waiting) {
      waiting.seen = seen;
      if (isVain || reached >= waiting.position) this.letGo(waiting).end(seen);
    }
  }

  private letGo(waiting: Waiting): Waiting {
    this.waiting.delete(waiting);
    clearTimeout(waiting.deadline);
    return waiting;
  }

  private async state(): Promise<ReadModelState> {
    const { queues, state } = this.pools;
    const { rows } = await queues.state.run(0, async (held) => {
      held.release();
      return state.query<{ position: string; lag: string; stale: string | null }>(STATE_SQL);
    });
    const [row] = rows;
    if (!row) throw notMigrated();
    return { position: row.position, lagMs: row.lag, staleBecause: row.stale ?? undefined };
  }
}
