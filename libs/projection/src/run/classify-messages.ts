import type { ProjectedEvent } from '../projection.js';
import type { Poison } from '../store/dead-letters.js';
import type { StreamMessage } from '../stream/stream-message.js';

/** The messages of a batch, sorted by how to handle them. */
export interface ClassifiedMessages {
  readonly events: readonly ProjectedEvent[];
  readonly skipped: readonly string[];
  readonly poison: readonly Poison[];
}

export function classify(messages: readonly StreamMessage[]): ClassifiedMessages {
  const events: ProjectedEvent[] = [];
  const skipped: string[] = [];
  const poison: Poison[] = [];
  for (const message of messages) {
    const { decoded } = message;
    switch (decoded.kind) {
      case 'event':
        events.push(decoded.event);
        break;
      case 'skipped':
        skipped.push(decoded.type);
        break;
      case 'rejected':
        poison.push({ ...decoded, message });
        break;
    }
  }
  return { events, skipped, poison };
}

export function allAsPoison(messages: readonly StreamMessage[], reason: string): ClassifiedMessages {
  return { events: [], skipped: [], poison: messages.map((message) => ({ message, reason })) };
}
