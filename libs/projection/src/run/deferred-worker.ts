import { isTimeout } from '#service-runtime/postgres/postgres-errors.js';
import { advanceDeferred, countDeferred } from '../store/deferred-work.js';
import { mayRunOut } from '../store/lease.js';
import { movePosition } from '../store/position.js';
import { allAnswers } from '../store/transaction.js';
import { rowsAtOnceOf, type BatchTarget } from './batch-target.js';

/** Does the deferred work of a generation one part after the other, and knows whether there is any. */
export class DeferredWorker {
  private rows: number;
  /** Items that are not done yet. */
  pending = 0;

  /** @param rowsAtOnce at most, in one transaction */
  constructor(private readonly rowsAtOnce: number) {
    this.rows = rowsAtOnce;
  }

  static for(projection: BatchTarget['projection']): DeferredWorker {
    return new DeferredWorker(rowsAtOnceOf(projection));
  }

  /** Looks what a former writer has left, or what was recorded outside a batch. */
  async look({ client, position }: Pick<BatchTarget, 'client' | 'position'>): Promise<void> {
    this.pending = await countDeferred(client, position.generation);
  }

  /** The next part. One that takes too long is done again as a smaller one. @throws what {@link proceed} throws */
  async proceedOnce(target: BatchTarget): Promise<void> {
    try {
      const mayHaveEnded = await proceed(target, this.rows);
      this.rows = Math.min(this.rowsAtOnce, this.rows * 2);
      if (mayHaveEnded) await this.look(target);
    } catch (error) {
      if (!isTimeout(error) || this.rows === 1) throw error;
      this.rows = Math.max(1, this.rows >> 3);
    }
  }
}

/**
 * Does the next part of the deferred work, in a transaction of its own between two batches.
 * @returns whether fewer items may be left now
 * @throws what `applyBatch` throws
 */
export async function proceed(target: BatchTarget, rows: number): Promise<boolean> {
  const { client, position, fence } = target;
  const { generation } = position;
  try {
    const begunAt = performance.now();
    const [, , progress] = await allAnswers([client.query('begin'), fence(client), proceedIn(target, rows)]);
    await allAnswers([
      progress.written,
      advanceDeferred(client, generation, progress),
      movePosition(client, position, position, null),
    ]);
    if (mayRunOut(begunAt)) await fence(client);
    await client.query('commit');
    return progress.ended.length > 0 || progress.begun === undefined;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function proceedIn({ projection, client, position }: BatchTarget, rows: number) {
  const progress = await projection.deferred!.proceed(client, position.generation, rows);
  // Nobody waits for it where the fence rejects.
  progress.written.catch(() => undefined);
  return progress;
}
