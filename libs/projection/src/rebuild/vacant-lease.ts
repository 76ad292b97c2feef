import type { Engine } from '../engine.js';
import { every } from '../store/every.js';
import { isLeaseVacant } from '../store/lease.js';

const EVERY_MS = 500;

/** For how long no projector has led, for one that does not. */
export class VacantLease {
  private vacantSince: number | undefined;

  constructor(private readonly engine: Pick<Engine, 'pool' | 'projection'>) {}

  /** By the looks there were. */
  get vacantForMs(): number {
    return this.vacantSince === undefined ? 0 : performance.now() - this.vacantSince;
  }

  async look(): Promise<void> {
    if (!(await isLeaseVacant(this.engine.pool, this.engine.projection))) this.vacantSince = undefined;
    else this.vacantSince ??= performance.now();
  }

  /** Looks now and then. @returns what ends that */
  follow(): () => void {
    // A database that is away holds up the work itself, which says so.
    const looking = every(EVERY_MS, () => this.look());
    return () => void looking.stop();
  }
}
