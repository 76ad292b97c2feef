import { isTimeout } from '#service-runtime/postgres/postgres-errors.js';
import { nextTurn } from '../store/change-places.js';
import { advanceDeferred, countDeferred } from '../store/deferred-work.js';
import { movePosition } from '../store/position.js';
import { pipelined } from '../store/transaction.js';
import { rowsAtOnceOf, type BatchTarget } from './batch-target.js';

/** Does the deferred work of a generation part by part, and knows whether any is left. */
export class DeferredWorker {
  private rows: number;
  /** The number of unfinished items. */
  pending = 0;

  /** @param rowsAtOnce the largest number of rows in one transaction */
  constructor(private readonly rowsAtOnce: number) {
    this.rows = rowsAtOnce;
  }

  static for(projection: BatchTarget['projection']): DeferredWorker {
    return new DeferredWorker(rowsAtOnceOf(projection));
  }

  /** Reads the work that a former writer has left, or that was recorded outside a batch. */
  async countPending({ client, position }: Pick<BatchTarget, 'client' | 'position'>): Promise<void> {
    this.pending = await countDeferred(client, position.generation);
  }

  /** Does the next part. If it takes too long, does a smaller part instead. @throws the errors of {@link proceed} */
  async proceedOnce(target: BatchTarget): Promise<void> {
    try {
      const mayHaveEnded = await proceed(target, this.rows);
      this.rows = Math.min(this.rowsAtOnce, this.rows * 2);
      if (mayHaveEnded) await this.countPending(target);
    } catch (error) {
      if (!isTimeout(error) || this.rows === 1) throw error;
      this.rows = Math.max(1, this.rows >> 3);
    }
  }
}

/**
 * Does the next part of the deferred work, in its own transaction between two batches.
 * @returns whether fewer items may be left now
 * @throws the errors of `applyBatch`
 */
export async function proceed(target: BatchTarget, rows: number): Promise<boolean> {
  const { client, position, fence } = target;
  const { generation } = position;
  const { ended, begun } = await pipelined(
    client,
    fence,
    () => proceedIn(target, rows),
    (progress) => [
      progress.written,
      advanceDeferred(client, generation, progress),
      movePosition(client, position, position, null),
    ],
  );
  return ended.length > 0 || begun === undefined;
}

async function proceedIn({ projection, client, position }: BatchTarget, rows: number) {
  const now = await nextTurn(client, position.generation);
  const progress = await projection.deferred!.proceed(client, position.generation, rows, now);
  // If the fence rejects, this promise is not awaited.
  progress.written.catch(() => undefined);
  return progress;
}
