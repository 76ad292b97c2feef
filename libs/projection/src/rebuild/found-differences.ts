import type { Difference } from '../job.js';

const EXAMPLES = 20;

/** The number of differences, and the first of them. Before the comparison the numbers are null. */
export class FoundDifferences {
  count: number | null = null;
  /** Rows that no event mentions; after a repair, those that are left. */
  untold: number | null = null;
  readonly examples: Difference[] = [];

  /** Starts the count at zero. */
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
