import type { ClientBase } from 'pg';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import type { Difference } from '#read-model/job.js';
import { JobFailed } from './job-ended.js';
import { correctCounts, wrongCounts } from './repair-counts.js';
import { heldTokens, ids, tokenOf, untoldGroups, untoldSql, type Damage, type Key, type TableName } from './untold.js';
import { notSoMany } from './verification-words.js';

/** The session is set up for small batches; this is about many rows at once. */
const PLANNER = `set local plan_cache_mode = auto; set local enable_seqscan = on; set local enable_hashjoin = on;
  set local enable_mergejoin = on; set local work_mem = '64MB'`;

/** Everything that the rows of a token, or a group's deletion, can have spoilt belongs to it. Counts are counted anyway. */
export function damageOf(differences: readonly Difference[]): Damage {
  const damage = { tokens: new Set<string>(), groups: new Set<string>() };
  for (const { table, key } of differences) {
    if (table === 'tokenGroupDeletion') damage.groups.add(key);
    else if (table !== 'tokenCount') damage.tokens.add(tokenOf(key));
  }
  return damage;
}

/**
 * Puts right what is damaged, as the rows are now: an event may have touched them since they were compared. Whatever no event tells
 * of stays, with every row of a token that it concerns. The counts then are those of the rows that are there.
 * @param client inside a fenced transaction, both generations at the same position
 * @param removeUntold how many rows no event tells of: these go too. null leaves them alone
 * @throws {JobFailed} when the rows are not right after that, or are not so many; the caller rolls back
 */
export async function repairRows(
  client: ClientBase,
  live: number,
  folded: number,
  damage: Damage,
  removeUntold: number | null,
): Promise<void> {
  const [a, b] = [generationTables(live), generationTables(folded)];
  await client.query(PLANNER);
  const untold = removeUntold === null ? await untoldGroups(client, a, b, damage) : new Set<string>();
  const groups = without(damage.groups, untold);
  const tokens = union(damage.tokens, await differingMembers(client, a, b, groups));
  if (removeUntold !== null) await makeSureOfNumber(client, a, b, { tokens, groups }, removeUntold);
  const held = removeUntold === null ? await heldTokens(client, a, b, { ...damage, tokens }) : new Set<string>();
  const told = { tokens: without(tokens, held), groups };
  for (const [table, key] of PARTS) await replace(client, a[table], b[table], key, told);
  await correctCounts(client, a);
  await prove(client, a, b, told);
}

/** The tables that hold rows of a token or of a group, and the column that says of which. */
const PARTS: readonly (readonly [TableName, Key])[] = [
  ['token', 'id'],
  ['tokenUpdated', 'id'],
  ['tokenSearch', 'id'],
  ['tokenErasure', 'id'],
  ['tokenMembership', 'token_id'],
  ['tokenGroupDeletion', 'token_group_id'],
];

function keysFor(key: Key, { tokens, groups }: Damage): string[] {
  return [...(key === 'token_group_id' ? groups : tokens)];
}

/** No statement may run into the time that the leader's connection gives one. */
const KEYS_AT_A_TIME = 5_000;

async function replace(client: ClientBase, a: string, b: string, key: Key, damage: Damage): Promise<void> {
  const all = keysFor(key, damage);
  const given = `unnest($1::bigint[]) given (${key})`;
  for (let i = 0; i < all.length; i += KEYS_AT_A_TIME) {
    const keys = all.slice(i, i + KEYS_AT_A_TIME);
    await client.query(`delete from ${a} t using ${given} where t.${key} = given.${key}`, [keys]);
    await client.query(`insert into ${a} select t.* from ${b} t join ${given} using (${key})`, [keys]);
  }
}

/** A wrong deletion of a group spoils the members that an event touches, and only those. */
async function differingMembers(
  client: ClientBase,
  a: GenerationTables,
  b: GenerationTables,
  groups: ReadonlySet<string>,
): Promise<Set<string>> {
  if (groups.size === 0) return new Set();
  const members = (table: string) =>
    `select m.token_id as id from ${table} m join unnest($1::bigint[]) given (token_group_id) using (token_group_id)`;
  const differs = (table: 'token' | 'tokenUpdated') =>
    `(select t::text from ${a[table]} t where t.id = member.id) is distinct from (select t::text from ${b[table]} t where t.id = member.id)`;
  return ids(
    client,
    `select id from (${members(a.tokenMembership)} union ${members(b.tokenMembership)}) member
    where ${differs('token')} or ${differs('tokenUpdated')}`,
    [[...groups]],
  );
}

async function makeSureOfNumber(
  client: ClientBase,
  a: GenerationTables,
  b: GenerationTables,
  damage: Damage,
  expected: number,
): Promise<void> {
  let found = 0;
  for (const [table, key] of PARTS) {
    const { rows } = await client.query<{ rows: string }>(
      `select count(*) as rows from ${a[table]} a join unnest($1::bigint[]) given (${key}) using (${key}) where ${untoldSql(table, 'a', a, b)}`,
      [keysFor(key, damage)],
    );
    found += Number(rows[0]!.rows);
  }
  if (found !== expected) throw new JobFailed(notSoMany(found, expected));
}

/** What was put right is right, or none of it is kept. */
async function prove(client: ClientBase, a: GenerationTables, b: GenerationTables, damage: Damage): Promise<void> {
  let wrong = await wrongCounts(client, a);
  for (const [table, key] of PARTS) {
    const side = (name: string) =>
      `(select t::text as row from ${name} t join unnest($1::bigint[]) given (${key}) using (${key}))`;
    const { rows } = await client.query<{ wrong: string }>(
      `select count(*) as wrong from ${side(a[table])} a full join ${side(b[table])} b using (row) where a.row is null or b.row is null`,
      [keysFor(key, damage)],
    );
    wrong += Number(rows[0]!.wrong);
  }
  if (wrong > 0)
    throw new JobFailed(
      `${wrong} rows are still wrong after they were repaired, so nothing was changed: does something else write to the tables, a trigger for instance?`,
    );
}

function without(set: ReadonlySet<string>, gone: ReadonlySet<string>): Set<string> {
  return new Set([...set].filter((item) => !gone.has(item)));
}

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> {
  return new Set([...one, ...other]);
}
