import type { Pool } from 'pg';

const EVERY_MS = 500;

/** Whether any projector leads, for one that does not. */
export class LeaseWatch {
  private freeSince: number | undefined;

  constructor(private readonly pool: Pool) {}

  /** For how long nobody was seen to lead, by the looks there were. */
  get freeForMs(): number {
    return this.freeSince === undefined ? 0 : performance.now() - this.freeSince;
  }

  async look(): Promise<void> {
    const { rows } = await this.pool.query<{ free: boolean }>(
      'select expires_at < clock_timestamp() as free from projector_lease',
    );
    if (!rows[0]?.free) this.freeSince = undefined;
    else this.freeSince ??= performance.now();
  }

  /** Looks now and then. @returns what ends that */
  watch(): () => void {
    // A database that is away holds up the work itself, which says so.
    const timer = setInterval(() => void this.look().catch(() => undefined), EVERY_MS);
    return () => clearInterval(timer);
  }
}
