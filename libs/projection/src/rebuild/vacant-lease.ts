import type { Engine } from '../engine.js';
import { every } from '../store/every.js';
import { isLeaseVacant } from '../store/lease.js';

const EVERY_MS = 500;

/** Measures how long no projector has led, for a process that does not lead. */
export class VacantLease {
  private vacantSince: number | undefined;

  constructor(private readonly engine: Pick<Engine, 'pool' | 'projection'>) {}

  /** As the last look found it. */
  get isVacant(): boolean {
    return this.vacantSince !== undefined;
  }

  /** Counted from the first check that found the lease vacant. */
  get vacantForMs(): number {
    return this.vacantSince === undefined ? 0 : performance.now() - this.vacantSince;
  }

  async look(): Promise<void> {
    if (!(await isLeaseVacant(this.engine.pool, this.engine.projection))) this.vacantSince = undefined;
    else this.vacantSince ??= performance.now();
  }

  /** Checks at intervals. @returns a function that stops it */
  follow(): () => void {
    // If the database is away, the work itself stops and reports it.
    const looking = every(EVERY_MS, () => this.look());
    return () => void looking.stop();
  }
}
