import type { DomainEvent } from '#token-events/events.js';
import type { StreamMessage } from '../consume/stream-message.js';
import type { Poison } from '../dead-letters/park.js';

/** The messages of a batch by what is to be done with them. */
export interface SortedMessages {
  readonly events: DomainEvent[];
  readonly skipped: string[];
  readonly poison: Poison[];
}

/** @param isPoison reason to take every message for poison, whatever it says */
export function sortOut(messages: readonly StreamMessage[], isPoison?: string): SortedMessages {
  const sorted: SortedMessages = { events: [], skipped: [], poison: [] };
  for (const message of messages) {
    if (isPoison !== undefined) {
      sorted.poison.push({ message, reason: isPoison });
      continue;
    }
    const { decoded } = message;
    switch (decoded.kind) {
      case 'event':
        sorted.events.push(decoded.event);
        break;
      case 'skipped':
        sorted.skipped.push(decoded.type);
        break;
      case 'rejected':
        sorted.poison.push({ ...decoded, message });
        break;
    }
  }
  return sorted;
}
