import type { Client } from 'pg';
import type { GenerationTables } from './generation-tables.js';
import type { DomainEvent } from '#token-contract/events.js';
import type { Changes } from './fold/changes.js';
import { fold, touchedTokens } from './fold/fold.js';
import type { Places } from './fold/places.js';
import { loadKeys, PAIRS_AT_ONCE, type Loaded } from './load/load-current.js';
import { countPairs } from './load/load-rows.js';
import type { ReducedBatch } from './fold/reduce.js';
import { saveChanges } from './save/save-changes.js';

/**
 * The result of {@link fold} for a batch. If its tokens are in too many groups to load together, the batch is folded in parts of tokens,
 * because tokens do not depend on each other. Each part is saved before the next is loaded, so the next part finds the group deletions
 * stored by then.
 * @param loaded the rows in the tables, and the members of deleted groups, which are always folded again
 * @returns the changes that are not saved yet: all of them, or those of the last part; they list all events that had an effect
 */
export async function foldLoaded(
  client: Client,
  tables: GenerationTables,
  batch: ReducedBatch,
  { current, members, places }: Pick<Loaded, 'current' | 'members'> & { readonly places: Places },
  pairsAtOnce?: number,
): Promise<Changes> {
  if (current) return fold(batch, current, places);
  return foldInParts({ client, tables, batch, places }, members, pairsAtOnce);
}

interface ToFold {
  readonly client: Client;
  readonly tables: GenerationTables;
  readonly batch: ReducedBatch;
  readonly places: Places;
}

async function foldInParts(
  { client, tables, batch, places }: ToFold,
  membersOfDeleted: ReadonlySet<number>,
  pairsAtOnce = PAIRS_AT_ONCE,
): Promise<Changes> {
  const ids = [...new Set([...touchedTokens(batch), ...membersOfDeleted])];
  const parts = partsOf(ids, await countPairs(client, tables, ids), pairsAtOnce);
  const effective = new Set<DomainEvent>();
  let changes: Changes | undefined;
  for (const part of parts) {
    if (changes) await saveChanges(client, tables, changes);
    const ofPart = { ...batch, ...only(part, batch) };
    const members = new Set([...part].filter((id) => membersOfDeleted.has(id)));
    const current = await loadKeys(client, tables, ofPart, members, null);
    changes = fold(ofPart, current!, places);
    for (const event of changes.effective) effective.add(event);
  }
  return { ...changes!, effective };
}

/** Each part has at least one token. */
function partsOf(ids: readonly number[], pairs: ReadonlyMap<number, number>, most: number): Set<number>[] {
  const parts = [new Set<number>()];
  let count = 0;
  for (const id of ids) {
    const more = pairs.get(id) ?? 0;
    if (count > 0 && count + more > most) {
      parts.push(new Set());
      count = 0;
    }
    parts.at(-1)!.add(id);
    count += more;
  }
  return parts;
}

function only(ids: ReadonlySet<number>, batch: ReducedBatch): Omit<ReducedBatch, 'deletions'> {
  const of = <T>(all: ReadonlyMap<number, T>) => new Map([...all].filter(([id]) => ids.has(id)));
  return { tokens: of(batch.tokens), erasures: of(batch.erasures), memberships: of(batch.memberships) };
}
