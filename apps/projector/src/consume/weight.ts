import type { Decoded } from '#token-events/decode.js';
import type { StreamMessage } from './stream-message.js';

/** What the look for the members of a deleted group costs. How many of them a batch changes itself is bounded for all groups together. */
const GROUP_DELETION_ROWS = 10;

/**
 * What a message adds to the work of its batch: the rows it can touch, and one more for each KiB. A batch is cut by this and not by
 * the number of its messages: one with a thousand tokens of a group costs what a thousand changed tokens cost.
 */
export function weightOf({ decoded, payload }: Pick<StreamMessage, 'decoded' | 'payload'>): number {
  return rowsOf(decoded) + (payload.length >> 10);
}

function rowsOf(decoded: Decoded): number {
  if (decoded.kind !== 'event') return 1;
  const { event } = decoded;
  switch (event.type) {
    case 'token.created':
    case 'token.updated':
    case 'token.activated':
    case 'token.deactivated':
    case 'token.deleted':
    case 'token.erased':
      return 1;
    case 'token-group.tokens-added':
    case 'token-group.tokens-removed':
      return event.data.tokenIds.length;
    case 'token-group.deleted':
      return GROUP_DELETION_ROWS;
  }
}
