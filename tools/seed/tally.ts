import type { EventType } from '#token-contract/events.js';
import type { Ack } from './ack-inbox.js';

/** The acknowledgements of the stream so far. */
export class Tally {
  tokens = 0;
  events = 0;
  /** Events that the server already knew by their ids. */
  duplicates = 0;
  firstSequence = Infinity;
  lastSequence = 0;
  private readonly startedAt = performance.now();

  count(type: EventType, ack: Ack): void {
    this.events += 1;
    if (type === 'token.created') this.tokens += 1;
    if (ack.duplicate) this.duplicates += 1;
    this.firstSequence = Math.min(this.firstSequence, ack.seq);
    this.lastSequence = Math.max(this.lastSequence, ack.seq);
  }

  get seconds(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }

  get eventsPerSecond(): number {
    return Math.round(this.events / Math.max(this.seconds, 0.001));
  }
}
