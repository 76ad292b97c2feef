import type { ClientBase } from 'pg';
import type { GenerationTables } from '#read-model/generation-tables.js';
import type { Difference } from '#read-model/job.js';

/** Of a generation. */
export type TableName = keyof Omit<GenerationTables, 'generation'>;

/**
 * SQL: whether a row of the live generation is told of by no event that was read. Every row of these tables was made by an event and
 * has its version; the folded generation would have the row too, or what took its place, at that version or a later one. An event that
 * is not there any more, or is not there yet, is no proof that the row is wrong. Rows of the other tables follow from these.
 * @param row alias of the live generation's row
 */
export function untoldSql(table: TableName, row: string, live: GenerationTables, folded: GenerationTables): string {
  const version = (name: TableName, ...keys: string[]) =>
    `(select told.version from ${folded[name]} told where ${keys.map((key) => `told.${key} = ${row}.${key}`).join(' and ')})`;
  switch (table) {
    case 'token':
      return `${row}.version > greatest(0, ${version('token', 'id')}, ${version('tokenErasure', 'id')})`;
    case 'tokenErasure':
      // Where the token has come back since, its erasure says nothing any more.
      return `${row}.version > greatest(0, ${version('tokenErasure', 'id')}, ${version('token', 'id')} - 1,
        (select back.version from ${live.token} back where back.id = ${row}.id) - 1)`;
    case 'tokenMembership':
      return `${row}.version > greatest(0, ${version('tokenMembership', 'token_id', 'token_group_id')})`;
    case 'tokenGroupDeletion':
      return `${row}.version > greatest(0, ${version('tokenGroupDeletion', 'token_group_id')})`;
    case 'tokenUpdated':
    case 'tokenSearch':
    case 'tokenCount':
      return 'false';
  }
}

/** Where the live generation and the folded one differ, or may since then. */
export interface Damage {
  readonly tokens: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

export type Key = 'id' | 'token_id' | 'token_group_id';

/** An untold fact holds its token back: what the folded generation says of it was made without that fact. */
export async function heldTokens(
  client: ClientBase,
  a: GenerationTables,
  b: GenerationTables,
  { tokens, groups }: Damage,
): Promise<Set<string>> {
  const own = (table: TableName, key: Key) =>
    `select a.${key} from ${a[table]} a join damaged on damaged.id = a.${key} where ${untoldSql(table, 'a', a, b)}`;
  const inUntoldGroup = (table: string) =>
    `select m.token_id from untold join ${table} m using (token_group_id) join damaged on damaged.id = m.token_id`;
  return ids(
    client,
    `with damaged as (select id from unnest($1::bigint[]) given (id)), untold as (${UNTOLD_GROUPS(a, b, '$2')})
    select token_id as id from (
      ${own('token', 'id')} union ${own('tokenErasure', 'id')} union ${own('tokenMembership', 'token_id')}
      union ${inUntoldGroup(a.tokenMembership)} union ${inUntoldGroup(b.tokenMembership)}
    ) held (token_id)`,
    [[...tokens], [...groups]],
  );
}

const UNTOLD_GROUPS = (a: GenerationTables, b: GenerationTables, groups: string) =>
  `select a.token_group_id from ${a.tokenGroupDeletion} a join unnest(${groups}::bigint[]) given (token_group_id) using (token_group_id)
  where ${untoldSql('tokenGroupDeletion', 'a', a, b)}`;

/** Those of the groups whose deletion in the live generation no event tells of. */
export function untoldGroups(client: ClientBase, a: GenerationTables, b: GenerationTables, { groups }: Damage) {
  if (groups.size === 0) return Promise.resolve(new Set<string>());
  return ids(client, `select token_group_id as id from (${UNTOLD_GROUPS(a, b, '$1')}) untold`, [[...groups]]);
}

/** The differences that a repair must put right: neither untold nor of a token that is held back. Counts follow from the rows. */
export async function withoutHeld(
  client: ClientBase,
  a: GenerationTables,
  b: GenerationTables,
  differences: readonly Difference[],
  damage: Damage,
): Promise<Difference[]> {
  const held = await heldTokens(client, a, b, damage);
  return differences.filter(
    ({ table, key, isUntold }) =>
      !isUntold && table !== 'tokenCount' && (table === 'tokenGroupDeletion' || !held.has(tokenOf(key))),
  );
}

export function tokenOf(key: string): string {
  return key.split('/')[0]!;
}

async function ids(client: ClientBase, sql: string, values: unknown[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(sql, values);
  return new Set(rows.map(({ id }) => id));
}
