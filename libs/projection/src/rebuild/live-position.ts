import type { Engine } from '../engine.js';
import { every } from '../store/every.js';
import { readPosition } from '../store/position.js';
import type { Position } from '../stream/position.js';
import type { LiveGeneration } from './work.js';

const EVERY_MS = 250;

/** The live generation while another projector feeds it, as the database tells. */
export class LivePosition implements LiveGeneration {
  readonly isHalted = false;
  private readonly looking;

  constructor(
    { pool, projection }: Engine,
    public position: Position,
  ) {
    // A database that is away holds up the work itself, which says so.
    this.looking = every(EVERY_MS, async () => {
      this.position = await readPosition(pool, projection);
    });
  }

  stop(): Promise<void> {
    return this.looking.stop();
  }
}
