import type { Pool } from 'pg';
import { readPosition, type Position } from '../consume/position.js';
import type { LiveGeneration } from '../rebuild/preparation.js';

const EVERY_MS = 250;

/** The live generation while another projector feeds it, as the database tells. */
export class LivePosition implements LiveGeneration {
  readonly isHalted = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly pool: Pool,
    public position: Position,
  ) {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    // A database that is away holds up the work itself, which says so.
    this.position = await readPosition(this.pool).catch(() => this.position);
  }
}
