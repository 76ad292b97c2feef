import type { Client } from 'pg';
import type { GenerationTables } from '#read-model/generation-tables.js';
import type { DomainEvent } from '#token-events/events.js';
import type { Changes } from './changes.js';
import { fold, touchedTokens } from './fold.js';
import { countPairs, loadKeys, PAIRS_AT_ONCE } from './load-current.js';
import type { ReducedBatch } from './reduce.js';
import { saveChanges } from './save-changes.js';

/**
 * What {@link fold} says of a batch whose tokens are in too many groups to be looked at together. Tokens do not depend on each other, so
 * they are folded part by part, each saved before the next is loaded: that finds the deletions of groups stored then.
 * @param membersOfDeleted to be folded anew, whatever happened
 * @returns the changes of the last part, which are not saved yet; in them the events of all parts that had an effect
 */
export async function foldInParts(
  client: Client,
  tables: GenerationTables,
  batch: ReducedBatch,
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
    changes = fold(ofPart, current!);
    for (const event of changes.effective) effective.add(event);
  }
  return { ...changes!, effective };
}

/** At least one token each. */
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
