import type { Client } from 'pg';
import type { Current } from '../fold/current.js';
import { touchedTokens } from '../fold/fold.js';
import type { ReducedBatch } from '../fold/reduce.js';
import type { GenerationTables } from '../generation-tables.js';
import { loadDeletions, loadErasures, loadPairs, loadTokens, tokensInGroups } from './load-rows.js';

/**
 * The most pairs of token and group in memory at a time, at about 1 KB each. If the tokens of a batch have more, they are folded in parts:
 * all at once they would take the memory of the process, and so long that the server ends the transaction.
 */
export const PAIRS_AT_ONCE = 100_000;
/** The documents of this many tokens fit in memory, whatever number of groups each of them names. */
const FEW_TOKENS = 500;

/** The members of the groups that a batch deletes, and the groups that have too many members for it. */
interface OfDeleted {
  readonly members: ReadonlySet<number>;
  readonly largeGroups: readonly number[];
}

/** The loaded rows; `current` is left out if there are too many to be in memory at once. */
export interface Loaded extends OfDeleted {
  readonly current: Current | undefined;
}

/** How much a batch may load. */
export interface LoadBounds {
  /** The most members of deleted groups, for all groups together. */
  readonly membersAtOnce: number;
  readonly pairsAtOnce?: number;
}

/** Loads the rows for every key that a batch touches, inside the batch's transaction. */
export async function loadCurrent(
  client: Client,
  tables: GenerationTables,
  batch: ReducedBatch,
  { membersAtOnce, pairsAtOnce = PAIRS_AT_ONCE }: LoadBounds,
): Promise<Loaded> {
  const ofDeleted = await membersOfDeleted(client, tables, batch, membersAtOnce);
  return { ...ofDeleted, current: await loadKeys(client, tables, batch, ofDeleted.members, pairsAtOnce) };
}

/**
 * The same if the members of the deleted groups are known.
 * @param pairsAtOnce null: no limit
 * @returns undefined if there are more pairs than that
 */
export async function loadKeys(
  client: Client,
  tables: GenerationTables,
  batch: ReducedBatch,
  membersOfDeleted: ReadonlySet<number>,
  pairsAtOnce: number | null,
): Promise<Current | undefined> {
  const groups = new Set(batch.deletions.keys());
  for (const pairs of batch.memberships.values()) for (const group of pairs.keys()) groups.add(group);
  const ids = [...new Set([...touchedTokens(batch), ...membersOfDeleted])];
  const needsDocument = new Set([...batch.memberships.keys(), ...membersOfDeleted]);
  const current = await load(client, tables, { ids, needsDocument, groups: [...groups] }, pairsAtOnce);
  return current && { ...current, membersOfDeleted };
}

interface Keys {
  readonly ids: number[];
  readonly needsDocument: ReadonlySet<number>;
  readonly groups: number[];
}

async function load(
  client: Client,
  tables: GenerationTables,
  { ids, needsDocument, groups }: Keys,
  pairsAtOnce: number | null,
): Promise<Omit<Current, 'membersOfDeleted'> | undefined> {
  const loading = loadPairs(client, tables, ids, pairsAtOnce);
  if (ids.length > FEW_TOKENS && !(await loading)) return undefined;
  const [pairs, tokens, erasures, deletions] = await Promise.all([
    loading,
    loadTokens(client, tables, ids, needsDocument),
    loadErasures(client, tables, ids),
    loadDeletions(client, tables, groups),
  ]);
  if (!pairs) return undefined;
  for (const [group, deletion] of pairs.deletions) deletions.set(group, deletion);
  return { tokens, erasures, memberships: pairs.memberships, deletions };
}

/**
 * The members of the groups that the batch deletes, smaller groups first. A deletion that is not newer than the known one has no effect.
 */
async function membersOfDeleted(
  client: Client,
  tables: GenerationTables,
  { deletions }: ReducedBatch,
  atMost: number,
): Promise<OfDeleted> {
  const members = new Set<number>();
  const named = [...deletions.keys()];
  if (named.length === 0) return { members, largeGroups: [] };
  // Both at once: on a distant database each answer to wait for makes the batch longer.
  const [known, tokensOfNamed] = await Promise.all([
    loadDeletions(client, tables, named),
    atMost === 0 ? new Map<number, number[]>() : tokensInGroups(client, tables, named, atMost + 1),
  ]);
  const isNewer = (group: number) => deletions.get(group)!.value.version > (known.get(group)?.version ?? 0);
  const groups = named.filter(isNewer);
  if (atMost === 0) return { members, largeGroups: groups };
  const tokensByGroup = [...tokensOfNamed].filter(([group]) => isNewer(group));
  const smallestFirst = tokensByGroup.sort(([, one], [, other]) => one.length - other.length);
  const largeGroups: number[] = [];
  for (const [group, tokens] of smallestFirst) {
    // A token in several of the groups is one row to change.
    const added = tokens.filter((token) => !members.has(token));
    if (members.size + added.length > atMost) largeGroups.push(group);
    else for (const token of added) members.add(token);
  }
  return { members, largeGroups };
}
