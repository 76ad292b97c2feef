import type { Client } from 'pg';
import { bigints } from '#projection/store/binary-arrays.js';
import type { Statement } from '#projection/store/statement.js';
import type { CurrentToken } from '../fold/current.js';
import type { Dated, MembershipEntry } from '../fold/reduce.js';
import type { GenerationTables } from '../generation-tables.js';
import * as sql from './load-current.sql.js';

/** How many groups each token is or was in; tokens without a group are left out. */
export async function countPairs(
  client: Client,
  tables: GenerationTables,
  ids: number[],
): Promise<Map<number, number>> {
  const { rows } = await client.query<[string, string]>({
    ...sql.countPairsSql(tables),
    values: [bigints(ids)],
    rowMode: 'array',
  });
  return new Map(rows.map(([id, pairs]) => [Number(id), Number(pairs)]));
}

/** Loads at most a limited number of tokens of each group. */
export async function tokensInGroups(
  client: Client,
  tables: GenerationTables,
  groups: number[],
  ofEach: number,
): Promise<Map<number, number[]>> {
  const { rows } = await client.query<[string, string]>({
    ...sql.loadMembersSql(tables),
    values: [bigints(groups), ofEach],
    rowMode: 'array',
  });
  const byGroup = new Map<number, number[]>();
  for (const [group, token] of rows) {
    const tokens = byGroup.get(Number(group));
    if (tokens) tokens.push(Number(token));
    else byGroup.set(Number(group), [Number(token)]);
  }
  return byGroup;
}

type TokenRow = [string, string, string, number, string, string | null];

/** @param needsDocument ids of tokens to load with their documents */
export async function loadTokens(
  client: Client,
  tables: GenerationTables,
  ids: number[],
  needsDocument: ReadonlySet<number>,
): Promise<Map<number, CurrentToken>> {
  const load = async (statement: Statement, which: number[]) => {
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

export async function loadErasures(
  client: Client,
  tables: GenerationTables,
  ids: number[],
): Promise<Map<number, number>> {
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

/** @returns undefined if there are more pairs than that */
export async function loadPairs(
  client: Client,
  tables: GenerationTables,
  ids: number[],
  atMost: number | null,
): Promise<{ memberships: Map<number, Map<number, MembershipEntry>>; deletions: Map<number, Dated> } | undefined> {
  const { rows } = await client.query<PairRow>({
    ...sql.loadPairsSql(tables),
    values: [bigints(ids), atMost === null ? null : atMost + 1],
    rowMode: 'array',
  });
  if (atMost !== null && rows.length > atMost) return undefined;
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

export async function loadDeletions(
  client: Client,
  tables: GenerationTables,
  groups: number[],
): Promise<Map<number, Dated>> {
  if (groups.length === 0) return new Map();
  const { rows } = await client.query<[string, string, string]>({
    ...sql.loadDeletionsSql(tables),
    values: [bigints(groups)],
    rowMode: 'array',
  });
  return new Map(rows.map(([group, version, time]) => [Number(group), { version: Number(version), time }]));
}
