import type { Client } from 'pg';

const PLANS_LAST_MS = 5_000;
/** After a slow batch the plans may be the reason. If they are not, making them again at every batch would make it even slower. */
const PLANS_OF_SLOW_BATCHES_LAST_MS = 1_000;
const SLOW_BATCH_MS = 250;

/**
 * Plans are made once for all values, and kept. A plan made while a table was empty may walk a whole index, which is empty then, and would
 * still walk it when the table is large. So plans are discarded after a time, and after a slow batch.
 */
export class PlanAge {
  private plannedAt = performance.now();
  private wasSlow = false;

  constructor(private readonly client: Client) {}

  /** Call it outside a transaction. It does not wait for the answer: the statement goes ahead of the next one. */
  keepFresh(): void {
    const lasts = this.wasSlow ? PLANS_OF_SLOW_BATCHES_LAST_MS : PLANS_LAST_MS;
    if (performance.now() - this.plannedAt < lasts) return;
    // If the connection cannot do this, the next statement fails too and reports it.
    this.client.query('discard plans').catch(() => undefined);
    this.plannedAt = performance.now();
    this.wasSlow = false;
  }

  batchTook(ms: number): void {
    this.wasSlow ||= ms > SLOW_BATCH_MS;
  }
}
