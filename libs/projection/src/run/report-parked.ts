import type { Logger } from '#service-runtime/logger.js';
import type { Poison } from '../store/dead-letters.js';

const REPORTED_PER_BATCH = 25;

/** The dead letters hold all of them; a flood must not fill the log as well. */
export function reportParked(logger: Logger, parked: readonly Poison[]): void {
  for (const { message, reason, eventId, ids } of parked.slice(0, REPORTED_PER_BATCH)) {
    const { sequence, subject } = message;
    logger.warn({ sequence, subject, eventId, ...ids, reason }, 'parked a message that cannot be applied');
  }
  const more = parked.length - REPORTED_PER_BATCH;
  if (more > 0) logger.warn({ parked: more }, 'parked more messages that cannot be applied: see the dead letters');
}
