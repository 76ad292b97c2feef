import type { Client } from 'pg';
import type { GenerationTables } from '#read-model/generation-tables.js';
import { bigints } from './binary-arrays.js';
import type { Current, CurrentToken } from './current.js';
import { touchedTokens } from './fold.js';
import * as sql from './load-current.sql.js';
import type { Dated, MembershipEntry, ReducedBatch } from './reduce.js';
import type { WriteStatement } from './write-statement.js';

/** Reads what the tables hold about every key a batch touches, inside the batch's transaction. */
export async function loadCurrent(client: Client, tables: GenerationTables, batch: ReducedBatch): Promise<Current> {
  const membersOfDeleted = await tokensInGroups(client, tables, [...batch.deletions.keys()]);
  const ids = [...new Set([...touchedTokens(batch), ...membersOfDeleted])];
  const needsDocument = new Set([...batch.memberships.keys(), ...membersOfDeleted]);
  const groups = new Set(batch.deletions.keys());
  for (const pairs of batch.memberships.values()) for (const group of pairs.keys()) groups.add(group);
  const [tokens, erasures, pairs, deletions] = await Promise.all([
    loadTokens(client, tables, ids, needsDocument),
    loadErasures(client, tables, ids),
    loadPairs(client, tables, ids),
    loadDeletions(client, tables, [...groups]),
  ]);
  for (const [group, deletion] of pairs.deletions) deletions.set(group, deletion);
  return { tokens, erasures, memberships: pairs.memberships, deletions };
}

async function tokensInGroups(client: Client, tables: GenerationTables, groups: number[]): Promise<number[]> {
  if (groups.length === 0) return [];
  const { rows } = await client.query<[string]>({
    ...sql.loadMembersSql(tables),
    values: [bigints(groups)],
    rowMode: 'array',
  });
  return rows.map(([id]) => Number(id));
}

type TokenRow = [string, string, string, number, string, string | null];

async function loadTokens(
  client: Client,
  tables: GenerationTables,
  ids: number[],
  needsDocument: ReadonlySet<number>,
): Promise<Map<number, CurrentToken>> {
  const load = async (statement: WriteStatement, which: number[]) => {
    if (which.length === 0) return [];
    return (await client.query<TokenRow>({ ...statement, values: [bigints(which)], rowMode: 'array' })).rows;
  };
  const [whole, others] = await Promise.all([
    load(sql.loadWholeTokensSql(tables), [...needsDocument]),
    load(
      sql.loadTokensSql(tables),
      ids.filter((id) => !needsDocument.has(id)),
    ),
  ]);
  return new Map(
    [...whole, ...others].map(([id, version, customerId, facet, ownUpdatedAt, document]) => [
      Number(id),
      { version: Number(version), customerId: Number(customerId), facet, ownUpdatedAt, document },
    ]),
  );
}

async function loadErasures(client: Client, tables: GenerationTables, ids: number[]): Promise<Map<number, number>> {
  const { rows } = await client.query<[string, string]>({
    ...sql.loadErasuresSql(tables),
    values: [bigints(ids)],
    rowMode: 'array',
  });
  return new Map(rows.map(([id, version]) => [Number(id), Number(version)]));
}

type PairRow = [
  tokenId: string,
  groupId: string,
  version: string,
  isMember: boolean,
  time: string,
  deletedVersion: string | null,
  deletedTime: string,
];

async function loadPairs(
  client: Client,
  tables: GenerationTables,
  ids: number[],
): Promise<{ memberships: Map<number, Map<number, MembershipEntry>>; deletions: Map<number, Dated> }> {
  const { rows } = await client.query<PairRow>({
    ...sql.loadPairsSql(tables),
    values: [bigints(ids)],
    rowMode: 'array',
  });
  const memberships = new Map<number, Map<number, MembershipEntry>>();
  const deletions = new Map<number, Dated>();
  for (const [tokenId, groupId, version, isMember, time, deletedVersion, deletedTime] of rows) {
    const token = Number(tokenId);
    let groups = memberships.get(token);
    if (!groups) memberships.set(token, (groups = new Map<number, MembershipEntry>()));
    groups.set(Number(groupId), { version: Number(version), isMember, time });
    if (deletedVersion !== null) deletions.set(Number(groupId), { version: Number(deletedVersion), time: deletedTime });
  }
  return { memberships, deletions };
}

async function loadDeletions(client: Client, tables: GenerationTables, groups: number[]): Promise<Map<number, Dated>> {
  if (groups.length === 0) return new Map();
  const { rows } = await client.query<[string, string, string]>({
    ...sql.loadDeletionsSql(tables),
    values: [bigints(groups)],
    rowMode: 'array',
  });
  return new Map(rows.map(([group, version, time]) => [Number(group), { version: Number(version), time }]));
}
