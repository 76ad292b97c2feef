import type { Client } from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import type { DomainEvent } from '#token-events/events.js';
import type { Position } from '../consume/position.js';
import { foldLoaded } from './fold-loaded.js';
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
  const loaded = await loadCurrent(client, tables, batch, { membersAtOnce: MEMBERS_AT_ONCE });
  await saveChanges(client, tables, await foldLoaded(client, tables, batch, loaded));
  const sweeps = loaded.largeGroups.map((tokenGroupId) => ({ tokenGroupId, completeTo: sequence }));
  await recordSweeps(client, generation, sweeps);
}
