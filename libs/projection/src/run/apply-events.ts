import { type Position } from '../stream/position.js';
import type { Client } from 'pg';
import type { ProjectedEvent, Projection } from '../projection.js';
import { nextTurn } from '../store/change-places.js';
import { recordDeferred } from '../store/deferred-work.js';
import { rowsAtOnceOf } from './batch-target.js';
import { applyByProjection } from './fault-of-the-data.js';

/**
 * Applies events that have no place in the stream, inside the caller's transaction, by their versions.
 * @param at the generation, and how far it has read. While work is left for later, answers claim no later position than this.
 */
export async function applyEvents(
  client: Client,
  projection: Projection,
  { generation, sequence }: Pick<Position, 'generation' | 'sequence'>,
  events: readonly ProjectedEvent[],
): Promise<void> {
  const place = await nextTurn(client, generation);
  const target = {
    generation,
    rowsAtOnce: rowsAtOnceOf(projection),
    completeBefore: () => sequence,
    placeOf: () => place,
  };
  const { written, deferred } = await applyByProjection(projection, client, events, target);
  await written;
  await recordDeferred(client, generation, deferred);
}
