import type { Projection } from '../projection.js';
import type { StreamMessage } from './stream-message.js';

/**
 * The work that a message adds to its batch: the rows it can touch, and one more for each KiB. This limits a batch instead of the number of
 * messages: a message that touches a thousand rows costs as much as a thousand messages that touch one each.
 */
export function weightOf(
  projection: Pick<Projection, 'weigh'>,
  { decoded, payload }: Pick<StreamMessage, 'decoded' | 'payload'>,
): number {
  return (decoded.kind === 'event' ? projection.weigh(decoded.event) : 1) + (payload.length >> 10);
}
