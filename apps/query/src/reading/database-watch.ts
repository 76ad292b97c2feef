import type { Pool } from 'pg';
import { isDatabaseAway } from '#read-model/pool.js';
import { unreadable, type LiveGeneration } from './readable.js';

const INTERVAL_MS = 1_000;

/** Asks the database for the live generation now and then, so that readiness can tell whether requests could be answered. */
export class DatabaseWatch {
  private current: string | undefined = 'has not answered yet';
  private readonly timer: NodeJS.Timeout;
  private asking = false;

  constructor(private readonly pool: Pool) {
    this.timer = setInterval(() => void this.ask(), INTERVAL_MS);
    void this.ask();
  }

  /** undefined while the database answers and holds a read model. */
  get problem(): string | undefined {
    return this.current;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const { rows } = await this.pool.query<LiveGeneration>(
        "select number as generation, schema_version, readable_since from generation where state = 'live'",
      );
      this.current = rows[0] ? unreadable(rows[0]) : 'holds no read model yet: run the migrations';
    } catch (error) {
      this.current = isDatabaseAway(error) ? 'is not reachable' : 'holds no read model yet: run the migrations';
    } finally {
      this.asking = false;
    }
  }
}
