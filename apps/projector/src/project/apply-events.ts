import type { Client } from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import type { DomainEvent } from '#token-events/events.js';
import type { Position } from '../consume/position.js';
import { fold } from './fold.js';
import { foldInParts } from './fold-in-parts.js';
import { MEMBERS_AT_ONCE, recordSweeps } from './group-sweeps.js';
import { loadCurrent } from './load-current.js';
import { reduceBatch } from './reduce.js';
import { saveChanges } from './save-changes.js';

/**
 * Applies events that have no place in the stream, inside the caller's transaction; by version, like any other.
 * @param at the generation, and how far it has read: where a large group is deleted, its answers claim no more until that is done
 */
export async function applyEvents(
  client: Client,
  { generation, sequence }: Pick<Position, 'generation' | 'sequence'>,
  events: readonly DomainEvent[],
): Promise<void> {
  const tables = generationTables(generation);
  const batch = reduceBatch(events);
  const bounds = { membersAtOnce: MEMBERS_AT_ONCE };
  const { current, members, largeGroups } = await loadCurrent(client, tables, batch, bounds);
  const changes = current ? fold(batch, current) : await foldInParts(client, tables, batch, members);
  await saveChanges(client, tables, changes);
  const sweeps = largeGroups.map((tokenGroupId) => ({ tokenGroupId, completeTo: sequence }));
  await recordSweeps(client, generation, sweeps);
}
