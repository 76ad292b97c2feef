import type { LeftRequest } from './left-request.js';
import type { Logger } from './logger.js';

/**
 * One line for each request, or for a random share of them. A line holds only numbers, ids that are bounded, and words of our own: nothing
 * that a caller has asked for.
 */
export class AccessLog {
  /**
   * @param every one of how many requests is logged; 0: none
   * @param factsOf what the app tells of a request, besides what is true of every request
   */
  constructor(
    private readonly logger: Logger,
    private readonly every: number,
    private readonly factsOf: (source: object) => object,
    private readonly random: () => number = Math.random,
  ) {}

  /** A share in turn, instead of by chance, would see only one kind of request of a caller who takes turns too. */
  add({ requestId, door, request, status, ms, bytes, source }: LeftRequest, traceId?: string): void {
    if (this.every === 0 || this.random() * this.every >= 1) return;
    const answer = status === undefined ? { isAborted: true } : { status, bytes };
    const took = Math.round(ms * 10) / 10;
    const traces = traceId === undefined ? { requestId } : { requestId, traceId };
    this.logger.info({ ...traces, door, request, ...answer, ms: took, ...this.factsOf(source) }, 'request');
  }
}
