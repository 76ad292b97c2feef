import type { Logger } from '#service-runtime/logger.js';
import { Summary } from '#service-runtime/summary.js';
import { traceIdOf } from '#service-runtime/tracing/trace-parent.js';
import type { Poison } from '../store/dead-letters.js';
import { traceOfEvent } from '../stream/event-trace.js';

/** Poison is rare, and an operator looks for each message; the dead letters hold all of them. */
const SINGLE_MESSAGES = 40;

/** Logs messages that cannot be applied one by one, up to 40 in ten seconds, so that a flood of them cannot fill the log. */
export class ParkedLog {
  private readonly summary: Summary<Poison>;

  constructor(private readonly logger: Logger) {
    this.summary = new Summary((poison, count) => this.write(poison, count), SINGLE_MESSAGES);
  }

  add(parked: readonly Poison[]): void {
    for (const poison of parked) this.summary.add(poison);
  }

  private write({ message, reason, eventId, ids }: Poison, count: number): void {
    const { sequence, subject } = message;
    const trace = traceIdOf(traceOfEvent(message));
    const line = { sequence, subject, eventId, ...trace, ...ids, reason, ...(count > 1 ? { parked: count } : {}) };
    const more = `parked ${count} more messages that cannot be applied, the last of them this one: see the dead letters`;
    this.logger.warn(line, count > 1 ? more : 'parked a message that cannot be applied');
  }
}
