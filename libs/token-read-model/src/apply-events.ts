import type { Client } from 'pg';
import type { DomainEvent } from '#token-contract/events.js';
import type { Applied, ApplyTarget } from '#projection/projection.js';
import { reduceBatch } from './fold/reduce.js';
import { foldLoaded } from './fold-loaded.js';
import { generationTables } from './generation-tables.js';
import { loadCurrent } from './load/load-current.js';
import { saveChanges } from './save/save-changes.js';

/**
 * Load, fold, save. Also changes the members of deleted groups; if a group has too many of them, that work is left for later.
 * @param pairsAtOnce how many pairs of token and group may be in memory at a time
 */
export async function applyEvents(
  client: Client,
  events: readonly DomainEvent[],
  target: ApplyTarget<DomainEvent>,
  pairsAtOnce: number,
): Promise<Applied<DomainEvent>> {
  const { generation, rowsAtOnce, completeBefore } = target;
  const tables = generationTables(generation);
  const batch = reduceBatch(events);
  const loaded = await loadCurrent(client, tables, batch, { membersAtOnce: rowsAtOnce, pairsAtOnce });
  const places = { ofEvent: (event: DomainEvent) => target.placeOf(event), ofMember: () => [] };
  const changes = await foldLoaded(client, tables, batch, { ...loaded, places }, pairsAtOnce);
  const deferred = loaded.largeGroups.map((item) => ({ item, completeTo: completeBefore(deletes(item)) }));
  return { effective: changes.effective, deferred, written: saveChanges(client, tables, changes) };
}

function deletes(group: number) {
  return ({ type, data }: DomainEvent) => type === 'token-group.deleted' && data.tokenGroupId === group;
}
