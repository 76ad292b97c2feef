import type { Random } from '../../tools/seed/random.js';
import type { CloudEvent } from './builders.js';

const REMEMBERED = 500;

/** Endless events in the order of a real bus: one in twenty comes twice, one in twenty comes late. */
export abstract class DisorderedEvents {
  private readonly seen: CloudEvent[] = [];
  private readonly late: CloudEvent[] = [];

  protected constructor(protected readonly random: Random) {}

  next(): CloudEvent {
    const dice = this.random.fraction();
    if (dice < 0.05 && this.seen.length > 0) return this.random.pick(this.seen);
    if (dice < 0.1 && this.late.length > 0) return this.late.splice(this.random.below(this.late.length), 1)[0]!;
    const event = this.fresh();
    this.seen[this.random.below(REMEMBERED) % (this.seen.length + 1)] = event;
    if (!this.random.chance(0.05)) return event;
    this.late.push(event);
    return this.next();
  }

  /** Makes an event that was never published. */
  protected abstract fresh(): CloudEvent;
}
