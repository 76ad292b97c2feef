/// <reference types="jest" />
import type { Reply } from '../support/clients.js';
import { expectError } from './service-error.js';

/** What many requests at the same time have come to so far. */
export class Flood {
  readonly answered: Reply[] = [];
  readonly refused: Reply[] = [];
  /** Those that the database began and did not finish in the three seconds it has. */
  readonly timedOut: Reply[] = [];
  /** Rejects when a request gets no answer at all. */
  readonly ended: Promise<unknown>;

  constructor(
    readonly size: number,
    ask: () => Promise<Reply>,
  ) {
    const requests = Array.from({ length: size }, async () => {
      const reply = await ask();
      this.listFor(reply).push(reply);
    });
    this.ended = Promise.all(requests);
    this.ended.catch(() => undefined);
  }

  private listFor({ status, body }: Reply): Reply[] {
    if (status === 200) return this.answered;
    return body.includes('took too long') ? this.timedOut : this.refused;
  }

  /** Whether all but so many requests have their answer. */
  isDecidedBut(places: number): boolean {
    return this.refused.length + this.timedOut.length >= this.size - places;
  }

  /** Expects every refusal so far to say that there are too many requests, and nothing else to be wrong. */
  expectRefusals(atLeast: number): void {
    expect(this.refused.length + this.timedOut.length).toBeGreaterThanOrEqual(atLeast);
    for (const reply of this.refused) expect(expectError(reply, 503)).toMatch(/more requests than can be answered/);
  }
}
