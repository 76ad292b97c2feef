import { randomUUID } from 'node:crypto';
import type { TokenState, TokenStateEvent } from '#token-contract/events.js';
import type { SeedEvent } from '../../seed/seed-event.js';

/** An event about one token, in the same form as the seed's events. */
export function benchEvent(type: TokenStateEvent['type'], data: TokenState): SeedEvent {
  return {
    subject: `token.${data.id}`,
    event: {
      specversion: '1.0',
      id: randomUUID(),
      source: '/tokenctl/seed',
      type,
      time: data.updatedAt,
      datacontenttype: 'application/json',
      data,
    },
  };
}
