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
  const { members, ended, begun } = await nextMembers(client, generation, most);
  // The deletion's own place may be behind readers: events after it are applied, and read, before its last part.
  const places = { ofEvent: () => now, ofMember: () => [now] };
  const current = await loadKeys(client, tables, EMPTY_BATCH, members, pairsAtOnce);
  const changes = await foldLoaded(client, tables, EMPTY_BATCH, { current, members, places }, pairsAtOnce);
  return { ended, begun, written: saveChanges(client, tables, changes) };
}

type NextMembers = Omit<DeferredProgress, 'written'> & { readonly members: ReadonlySet<number> };

async function nextMembers(client: Client, generation: number, most: number): Promise<NextMembers> {
  const { rows } = await client.query<[groupId: string, tokenId: string | null]>({
    ...nextMembersSql(generationTables(generation)),
    values: [generation, most],
    rowMode: 'array',
  });
  const pairs = rows.map(([group, token]) => [Number(group), token === null ? null : Number(token)] as const);
  const members = new Set(pairs.flatMap(([, token]) => token ?? []));
  const [lastGroup, lastToken] = pairs.at(-1) ?? [];
  const hasMore = pairs.length === most && lastToken !== null && lastGroup !== undefined;
  const groups = new Set(pairs.map(([group]) => group));
  if (!hasMore) return { members, ended: [...groups], begun: undefined };
  groups.delete(lastGroup);
  const ofLast = pairs.filter(([group]) => group === lastGroup).length;
  return { members, ended: [...groups], begun: { item: lastGroup, lastDone: lastToken!, rows: ofLast } };
}
