import type { Client } from 'pg';
import type { ChangePlace } from '#projection/change-order.js';
import type { DeferredProgress, DeferredWork } from '#projection/projection.js';
import { EMPTY_BATCH } from '../fold/reduce.js';
import { foldLoaded } from '../fold-loaded.js';
import { generationTables } from '../generation-tables.js';
import { loadKeys } from '../load/load-current.js';
import { saveChanges } from '../save/save-changes.js';
import { membersIndexSql } from '../templates.js';
import { nextMembersSql } from './deleted-groups.sql.js';

/**
 * How many members of deleted groups a batch changes itself, and how many members one transaction changes if there are more. Measured in
 * docs/decisions/0015: few enough that other events wait only a moment, and many enough that each transaction is efficient.
 */
export const MEMBERS_AT_ONCE = 1_000;

/** Deferred work for the members of a deleted group, if they are too many for a batch: the item is the group, a row is a token. */
export function membersOfDeletedGroups(membersAtOnce: number, pairsAtOnce: number): DeferredWork {
  return {
    rowsAtOnce: membersAtOnce,
    // Generations of earlier releases have another index, which finds the rows more slowly.
    async isReady(client, generation) {
      const index = `${generationTables(generation).tokenMembership}_members`;
      const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [index]);
      return rows[0]!.found;
    },
    async makeReady(client, generation) {
      const sql = membersIndexSql(generationTables(generation).tokenMembership);
      await client.query(sql.replace('create index ', 'create index if not exists '));
    },
    proceed: (client, generation, members, now) => foldNextMembers(client, { generation, now }, members, pairsAtOnce),
  };
}

/** Folds the next members again. Repeating the fold gives the same result: if a writer dies, only this part is repeated. */
async function foldNextMembers(
  client: Client,
  { generation, now }: { readonly generation: number; readonly now: ChangePlace },
  most: number,
  pairsAtOnce: number,
): Promise<DeferredProgress> {
  const tables = generationTables(generation);
  const { tokens, ended, begun } = await nextMembers(client, generation, most);
  const members = new Set(tokens.keys());
  const places = {
    ofEvent: () => now,
    ofMember: (id: number) => [{ ...now, position: Math.min(now.position, tokens.get(id)!) }],
  };
  const current = await loadKeys(client, tables, EMPTY_BATCH, members, pairsAtOnce);
  const changes = await foldLoaded(client, tables, EMPTY_BATCH, { current, members, places }, pairsAtOnce);
  return { ended, begun, written: saveChanges(client, tables, changes) };
}

/** `tokens`: the members with the sequence of the last of these deletions, after which no reader has seen a change yet. */
type NextMembers = Omit<DeferredProgress, 'written'> & { readonly tokens: ReadonlyMap<number, number> };

async function nextMembers(client: Client, generation: number, most: number): Promise<NextMembers> {
  const { rows } = await client.query<[groupId: string, completeTo: string, tokenId: string | null]>({
    ...nextMembersSql(generationTables(generation)),
    values: [generation, most],
    rowMode: 'array',
  });
  const pairs = rows.map(([group, , token]) => [Number(group), token === null ? null : Number(token)] as const);
  const tokens = new Map<number, number>();
  for (const [, completeTo, token] of rows)
    if (token !== null) tokens.set(Number(token), Math.max(tokens.get(Number(token)) ?? 0, Number(completeTo) + 1));
  const [lastGroup, lastToken] = pairs.at(-1) ?? [];
  const hasMore = pairs.length === most && lastToken !== null && lastGroup !== undefined;
  const groups = new Set(pairs.map(([group]) => group));
  if (!hasMore) return { tokens, ended: [...groups], begun: undefined };
  groups.delete(lastGroup);
  const members = pairs.filter(([group]) => group === lastGroup).length;
  return { tokens, ended: [...groups], begun: { item: lastGroup, lastDone: lastToken!, rows: members } };
}
