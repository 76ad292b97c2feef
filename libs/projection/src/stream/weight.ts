import type { Projection } from '../projection.js';
import type { StreamMessage } from './stream-message.js';

/**
 * What a message adds to the work of its batch: the rows it can touch, and one more for each KiB. A batch is cut by this and not by
 * the number of its messages: one that touches a thousand rows costs what a thousand messages cost that touch one.
 */
export function weightOf(
  projection: Pick<Projection, 'weigh'>,
  { decoded, payload }: Pick<StreamMessage, 'decoded' | 'payload'>,
): number {
  return (decoded.kind === 'event' ? projection.weigh(decoded.event) : 1) + (payload.length >> 10);
}
