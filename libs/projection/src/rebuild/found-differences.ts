import type { Difference } from '../job.js';

const EXAMPLES = 20;

/** Differences by number, with the first of them. Before anything was compared the numbers are null. */
export class FoundDifferences {
  count: number | null = null;
  /** Of rows that no event tells of; after a repair, those that it left. */
  untold: number | null = null;
  readonly examples: Difference[] = [];

  /** From here on they are counted, from none. */
  reset(): void {
    this.count = 0;
    this.untold = 0;
    this.examples.length = 0;
  }

  add(difference: Difference): void {
    this.count = (this.count ?? 0) + 1;
    if (difference.isUntold) this.untold = (this.untold ?? 0) + 1;
    if (this.examples.length < EXAMPLES) this.examples.push(difference);
  }
}
