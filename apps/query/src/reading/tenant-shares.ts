import { addTo } from './counts.js';

/**
 * How many of the places of a queue each tenant has, and how many of its requests wait for one. Callers who may see all customers are no
 * tenant.
 */
export class TenantShares {
  private readonly running = new Map<string, number>();
  private readonly waiting = new Map<string, number>();
  private readonly share: number;

  constructor(places: number) {
    this.share = Math.max(1, Math.floor(places / 2));
  }

  hasItsShare(tenant: string | undefined): boolean {
    return tenant !== undefined && (this.running.get(tenant) ?? 0) >= this.share;
  }

  waitingOf(tenant: string | undefined): number {
    return tenant === undefined ? 0 : (this.waiting.get(tenant) ?? 0);
  }

  /** Whether any of the requests that wait is of a tenant without its share. Without a look at each of them. */
  doOthersWait(waiting: number): boolean {
    let left = waiting;
    for (const tenant of this.running.keys()) if (this.hasItsShare(tenant)) left -= this.waiting.get(tenant) ?? 0;
    return left > 0;
  }

  /** A request of theirs runs from now on, or has ended. */
  countRunning(tenant: string | undefined, more: 1 | -1): void {
    addTo(this.running, tenant, more);
  }

  /** A request of theirs waits from now on, or no more. */
  countWaiting(tenant: string | undefined, more: 1 | -1): void {
    addTo(this.waiting, tenant, more);
  }
}
