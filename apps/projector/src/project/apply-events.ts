import type { Client } from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import type { DomainEvent } from '#token-events/events.js';
import { fold } from './fold.js';
import { loadCurrent } from './load-current.js';
import { reduceBatch } from './reduce.js';
import { saveChanges } from './save-changes.js';

/** Applies events that have no place in the stream, inside the caller's transaction; by version, like any other. */
export async function applyEvents(client: Client, generation: number, events: readonly DomainEvent[]): Promise<void> {
  const tables = generationTables(generation);
  const batch = reduceBatch(events);
  await saveChanges(client, tables, fold(batch, await loadCurrent(client, tables, batch)));
}
