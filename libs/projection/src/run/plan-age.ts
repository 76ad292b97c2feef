import type { Client } from 'pg';

const PLANS_LAST_MS = 5_000;
/** After a slow batch they may be the reason; where they are not, making them again at every batch would make it slower still. */
const PLANS_OF_SLOW_BATCHES_LAST_MS = 1_000;
const SLOW_BATCH_MS = 250;

/**
 * Plans are made once for all values, and kept. One that was made while a table was empty may walk a whole index that holds nothing
 * then, and would go on doing so while the table grows; so no plan gets old, and none outlives a slow batch.
 */
export class PlanAge {
  private plannedAt = performance.now();
  private wasSlow = false;

  constructor(private readonly client: Client) {}

  /** To be called outside a transaction. Nobody waits for the answer: it goes ahead of what is sent next. */
  keepFresh(): void {
    const lasts = this.wasSlow ? PLANS_OF_SLOW_BATCHES_LAST_MS : PLANS_LAST_MS;
    if (performance.now() - this.plannedAt < lasts) return;
    // A connection that cannot do this cannot do what is sent next either, and that says so.
    this.client.query('discard plans').catch(() => undefined);
    this.plannedAt = performance.now();
    this.wasSlow = false;
  }

  batchTook(ms: number): void {
    this.wasSlow ||= ms > SLOW_BATCH_MS;
  }
}
