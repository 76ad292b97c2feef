import type { Client } from 'pg';

const PLANS_LAST_MS = 5_000;
const SLOW_BATCH_MS = 250;

/**
 * Plans are made once for all values, and kept. One that was made while a table was empty may walk a whole index that holds nothing
 * then, and would go on doing so while the table grows; so no plan gets old, and none outlives a slow batch.
 */
export class PlanAge {
  private plannedAt = performance.now();
  private wasSlow = false;

  constructor(private readonly client: Client) {}

  /** To be called outside a transaction. */
  async keepFresh(): Promise<void> {
    if (!this.wasSlow && performance.now() - this.plannedAt < PLANS_LAST_MS) return;
    await this.client.query('discard plans');
    this.plannedAt = performance.now();
    this.wasSlow = false;
  }

  batchTook(ms: number): void {
    this.wasSlow ||= ms > SLOW_BATCH_MS;
  }
}
