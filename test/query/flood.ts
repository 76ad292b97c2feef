/// <reference types="jest" />
import type { Reply } from '../support/clients.js';
import { expectError } from './service-error.js';

/** What many requests at the same time have come to so far. */
export class Flood {
  readonly answered: Reply[] = [];
  readonly refused: Reply[] = [];
  /** Rejects when a request gets no answer at all. */
  readonly ended: Promise<unknown>;

  constructor(
    readonly size: number,
    ask: () => Promise<Reply>,
  ) {
    const requests = Array.from({ length: size }, async () => {
      const reply = await ask();
      (reply.status === 200 ? this.answered : this.refused).push(reply);
    });
    this.ended = Promise.all(requests);
    this.ended.catch(() => undefined);
  }

  /** Expects every refusal so far to say that there are too many requests, and nothing else to be wrong. */
  expectRefusals(atLeast: number): void {
    expect(this.refused.length).toBeGreaterThanOrEqual(atLeast);
    for (const reply of this.refused) expect(expectError(reply, 503)).toMatch(/more requests than can be answered/);
  }
}
