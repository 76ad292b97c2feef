import type { Engine } from '../engine.js';
import { every } from '../store/every.js';
import { vacantEpoch } from '../store/lease.js';

const EVERY_MS = 500;
/** Time for a projector that can write the live generation, if there is one, to take the lease. */
const OTHERS_FIRST_MS = 5_000;

/** Measures how long no projector has led, for a process that does not lead. */
export class VacantLease {
  private vacant: { readonly epoch: string; readonly since: number } | undefined;

  constructor(private readonly engine: Pick<Engine, 'pool' | 'projection'>) {}

  /** As the last look found it. */
  get isVacant(): boolean {
    return this.vacant !== undefined;
  }

  /** Whether no projector has taken the lease for a while, counted from the first check that found it vacant. */
  get isLeftToUs(): boolean {
    return this.vacant !== undefined && performance.now() - this.vacant.since >= OTHERS_FIRST_MS;
  }

  async look(): Promise<void> {
    const epoch = await vacantEpoch(this.engine.pool, this.engine.projection);
    if (epoch === undefined) this.vacant = undefined;
    // With another epoch, a projector has led in between.
    else if (epoch !== this.vacant?.epoch) this.vacant = { epoch, since: performance.now() };
  }

  /** Checks at intervals. @returns a function that stops it */
  follow(): () => void {
    // If the database is away, the work itself stops and reports it.
    const looking = every(EVERY_MS, () => this.look());
    return () => void looking.stop();
  }
}
