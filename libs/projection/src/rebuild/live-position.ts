import type { Engine } from '../engine.js';
import { every } from '../store/every.js';
import { readPosition } from '../store/position.js';
import type { Position } from '../stream/position.js';
import type { VacantLease } from './vacant-lease.js';
import type { LiveGeneration } from './work.js';

const EVERY_MS = 250;

/** The position of the live generation while another projector feeds it, read from the database. */
export class LivePosition implements LiveGeneration {
  readonly isHalted = false;
  readonly isOver = false;
  private readonly looking;

  constructor(
    { pool, projection }: Engine,
    public position: Position,
    private readonly lease: Pick<VacantLease, 'isLeftToUs'>,
  ) {
    // If the database is away, the work itself stops and reports it.
    this.looking = every(EVERY_MS, async () => {
      this.position = await readPosition(pool, projection);
    });
  }

  /** No projector feeds it, and one that begins to later finds this job ended, with the reason. */
  get isStill(): boolean {
    return this.lease.isLeftToUs;
  }

  stop(): Promise<void> {
    return this.looking.stop();
  }
}
