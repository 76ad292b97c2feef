import type { Client } from 'pg';
import type { GenerationTables } from '#read-model/generation-tables.js';
import { bigints } from './binary-arrays.js';
import type { Current, CurrentToken } from './current.js';
import { touchedTokens } from './fold.js';
import * as sql from './load-current.sql.js';
import type { Dated, MembershipEntry, ReducedBatch } from './reduce.js';
import type { WriteStatement } from './write-statement.js';

/** What the tables hold, and groups whose members are too many to be loaded. */
export interface Loaded {
  readonly current: Current;
  readonly largeGroups: readonly number[];
}

/**
 * Reads what the tables hold about every key a batch touches, inside the batch's transaction.
 * @param membersAtOnce how many members of deleted groups are loaded, all groups together
 */
export async function loadCurrent(
  client: Client,
  tables: GenerationTables,
  batch: ReducedBatch,
  membersAtOnce: number,
): Promise<Loaded> {
  const groups = new Set(batch.deletions.keys());
  const ofDeleted = await membersOfDeleted(client, tables, batch, membersAtOnce);
  for (const pairs of batch.memberships.values()) for (const group of pairs.keys()) groups.add(group);
  const ids = [...new Set([...touchedTokens(batch), ...ofDeleted.members])];
  const needsDocument = new Set([...batch.memberships.keys(), ...ofDeleted.members]);
  const current = await load(client, tables, { ids, needsDocument, groups: [...groups] });
  return { current: { ...current, membersOfDeleted: ofDeleted.members }, largeGroups: ofDeleted.largeGroups };
}

/** The same for tokens that are to be folded anew, whatever happened. */
export async function loadMembers(client: Client, tables: GenerationTables, ids: number[]): Promise<Current> {
  const membersOfDeleted = new Set(ids);
  const current = await load(client, tables, { ids, needsDocument: membersOfDeleted, groups: [] });
  return { ...current, membersOfDeleted };
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
): Promise<Omit<Current, 'membersOfDeleted'>> {
  const [tokens, erasures, pairs, deletions] = await Promise.all([
    loadTokens(client, tables, ids, needsDocument),
    loadErasures(client, tables, ids),
    loadPairs(client, tables, ids),
    loadDeletions(client, tables, groups),
  ]);
  for (const [group, deletion] of pairs.deletions) deletions.set(group, deletion);
  return { tokens, erasures, memberships: pairs.memberships, deletions };
}

interface MembersOfDeleted {
  readonly members: ReadonlySet<number>;
  readonly largeGroups: readonly number[];
}

/** Of the groups that the batch deletes, the smaller first. A deletion that is not newer than the known one has no effect. */
async function membersOfDeleted(
  client: Client,
  tables: GenerationTables,
  { deletions }: ReducedBatch,
  atMost: number,
): Promise<MembersOfDeleted> {
  const members = new Set<number>();
  const named = [...deletions.keys()];
  if (named.length === 0) return { members, largeGroups: [] };
  // Side by side: where the database is far away each answer that is waited for makes the batch longer.
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

async function tokensInGroups(
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
