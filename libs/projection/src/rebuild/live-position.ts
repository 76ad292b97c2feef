import type { Engine } from '../engine.js';
import { every } from '../store/every.js';
import { readPosition } from '../store/position.js';
import type { Position } from '../stream/position.js';
import type { LiveGeneration } from './work.js';

const EVERY_MS = 250;

/** The position of the live generation while another projector feeds it, read from the database. */
export class LivePosition implements LiveGeneration {
  readonly isHalted = false;
  readonly isStill = false;
  readonly isOver = false;
  private readonly looking;

  constructor(
    { pool, projection }: Engine,
    public position: Position,
  ) {
    // If the database is away, the work itself stops and reports it.
    this.looking = every(EVERY_MS, async () => {
      this.position = await readPosition(pool, projection);
    });
  }

  stop(): Promise<void> {
    return this.looking.stop();
  }
}
