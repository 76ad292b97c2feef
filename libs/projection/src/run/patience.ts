import type { Client } from 'pg';
import { setStatementTimeout } from '../store/writer-client.js';

/** How long one statement may take while nothing is wrong. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** The most that one gets: where it reads or writes a whole large table, and where an event needs longer than usual. */
export const WHOLE_TABLE_TIMEOUT_MS = 3_600_000;

export function longer(statementTimeoutMs: number): number {
  return Math.min(WHOLE_TABLE_TIMEOUT_MS, statementTimeoutMs * 2);
}

/**
 * How long a writer waits for one statement. An event that needs longer by itself gets it: twice as long each time, and the usual time
 * again once it is applied.
 */
export class Patience {
  /** @param ms what the client was connected with */
  constructor(
    private readonly client: Client,
    private ms: number,
  ) {}

  /** @returns how long a statement may take now */
  async grow(): Promise<number> {
    this.ms = longer(this.ms);
    await setStatementTimeout(this.client, this.ms);
    return this.ms;
  }

  async relax(): Promise<void> {
    if (this.ms === STATEMENT_TIMEOUT_MS) return;
    this.ms = STATEMENT_TIMEOUT_MS;
    await setStatementTimeout(this.client, this.ms);
  }
}
