import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelledForOthers } from '#service-runtime/postgres/postgres-errors.js';
import { notMigrated, readFailure } from './read-failure.js';
import { ReadPools } from './read-pools.js';
import { hasReached, isOfAnotherStream, type ReadModelState } from './reading.js';
import { STATE_SQL } from './snapshot.sql.js';

/** The state is read this long after the last reading, while a request waits for it. */
const EVERY_MS = 10;

interface Waiting {
  readonly position: bigint;
  readonly until: number;
  readonly end: (state: ReadModelState) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Knows the position of the live generation while a request waits for one: one small statement for all that wait, and none while no
 * request does.
 */
@Injectable()
export class Pulse {
  private waiting: Waiting[] = [];

  constructor(private readonly pools: ReadPools) {}

  /**
   * Waits until the read model holds everything up to a position.
   * @param until by `performance.now()`
   * @returns the state then, or that of the last reading in time, whose position may be lower, or at once one of another stream
   * @throws when the database does not answer
   */
  whenAt(position: bigint, until: number): Promise<ReadModelState> {
    return new Promise((end, fail) => {
      this.waiting.push({ position, until, end, fail });
      if (this.waiting.length === 1) void this.beat();
    });
  }

  private async beat(): Promise<void> {
    while (this.waiting.length > 0) {
      try {
        this.tell(await this.state());
      } catch (error) {
        this.hasFailed(error);
      }
      if (this.waiting.length > 0) await sleep(EVERY_MS);
    }
  }

  private tell(state: ReadModelState): void {
    const isVain = isOfAnotherStream(state);
    for (const { end } of this.take((waiting) => isVain || hasReached(state, waiting.position) || isLate(waiting)))
      end(state);
  }

  /** What a replica cancels works again at the next beat. */
  private hasFailed(error: unknown): void {
    const isPassing = isCancelledForOthers(error);
    for (const { fail } of this.take((waiting) => !isPassing || isLate(waiting))) fail(readFailure(error));
  }

  private take(isOver: (waiting: Waiting) => boolean): readonly Waiting[] {
    const all = this.waiting;
    this.waiting = [];
    const over: Waiting[] = [];
    for (const waiting of all) (isOver(waiting) ? over : this.waiting).push(waiting);
    return over;
  }

  private async state(): Promise<ReadModelState> {
    const { queues, prepared } = this.pools;
    const { rows } = await queues.plain.run(0, async (held) => {
      held.release();
      return prepared.query<{ position: string; lag: string; stale: string | null }>(STATE_SQL);
    });
    const [row] = rows;
    if (!row) throw notMigrated();
    return { position: row.position, lagMs: row.lag, staleBecause: row.stale ?? undefined };
  }
}

function isLate({ until }: Waiting): boolean {
  return performance.now() >= until;
}
