import type { Client } from 'pg';
import { setStatementTimeout } from '../store/writer-client.js';

/** How long one statement may take normally. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** The longest timeout: for a statement on a whole large table, and for an event that needs longer than usual. */
export const WHOLE_TABLE_TIMEOUT_MS = 3_600_000;

export function longer(statementTimeoutMs: number): number {
  return Math.min(WHOLE_TABLE_TIMEOUT_MS, statementTimeoutMs * 2);
}

/**
 * How long a writer waits for one statement. For an event that alone needs longer the timeout doubles each time; once the event is applied,
 * the usual timeout returns.
 */
export class Patience {
  /** @param ms the client's statement timeout */
  constructor(
    private readonly client: Client,
    private ms: number,
  ) {}

  /** @returns the new statement timeout */
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
