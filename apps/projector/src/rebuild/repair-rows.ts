import type { ClientBase } from 'pg';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import type { Difference } from '#read-model/job.js';
import { JobFailed } from './job-ended.js';
import { correctCounts, wrongCounts } from './repair-counts.js';
import { KEYS } from './compare-generations.js';
import { heldTokens, tokenOf, untoldGroups, untoldSql, type Damage, type Key, type TableName } from './untold.js';
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

/** So many tokens are put right between two batches: a second or two where a million tokens are to be counted. */
const TOKENS_AT_A_TIME = 1_000;

/** The damage in portions, each for a transaction of its own. Groups are a part of each: they decide what stays. */
export function portionsOf({ tokens, groups }: Damage): Damage[] {
  const all = [...tokens];
  const portions: Damage[] = [];
  for (let i = 0; i === 0 || i < all.length; i += TOKENS_AT_A_TIME)
    portions.push({ tokens: new Set(all.slice(i, i + TOKENS_AT_A_TIME)), groups });
  return portions;
}

/**
 * Puts right what is damaged, as the rows are now: an event may have touched them since they were compared. What no event tells of
 * stays, with every row of a token that it concerns. The counts then are those of the rows that are there.
 * @param client inside a fenced transaction, both generations at the same position
 * @param isRemoving whether rows go that no event tells of
 * @throws {JobFailed} when the rows are not right after that; the caller rolls back
 */
export async function repairRows(
  client: ClientBase,
  live: number,
  folded: number,
  damage: Damage,
  isRemoving: boolean,
): Promise<void> {
  const [a, b] = [generationTables(live), generationTables(folded)];
  await client.query(PLANNER);
  const held = isRemoving ? NOTHING : await heldTokens(client, a, b, damage);
  const untold = isRemoving ? NOTHING : await untoldGroups(client, a, b, damage);
  const told = { tokens: without(damage.tokens, held), groups: without(damage.groups, untold) };
  for (const part of PARTS) await replace(client, a, b, part, told);
  await correctCounts(client, a);
  await prove(client, a, b, told);
}

const NOTHING: ReadonlySet<string> = new Set();

type Part = readonly [TableName, Key];

/** The tables that hold rows of a token or of a group, and the column that says of which. */
const PARTS: readonly Part[] = [
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

/** Rows that are right are not written: most tables of a damaged token are. */
async function replace(
  client: ClientBase,
  a: GenerationTables,
  b: GenerationTables,
  [table, key]: Part,
  damage: Damage,
): Promise<void> {
  const keys = keysFor(key, damage);
  if (keys.length === 0) return;
  const isSame = KEYS[table].map((column) => `o.${column} = t.${column}`).join(' and ');
  const given = `unnest($1::bigint[]) given (${key})`;
  await client.query(
    `delete from ${a[table]} t using ${given} where t.${key} = given.${key}
    and not exists (select 1 from ${b[table]} o where ${isSame} and o::text = t::text)`,
    [keys],
  );
  await client.query(
    `insert into ${a[table]} select t.* from ${b[table]} t join ${given} using (${key})
    where not exists (select 1 from ${a[table]} o where ${isSame})`,
    [keys],
  );
}

/** @throws {JobFailed} unless no event tells of exactly so many rows by now */
export async function ensureNumber(
  client: ClientBase,
  live: number,
  folded: number,
  damage: Damage,
  expected: number,
): Promise<void> {
  const [a, b] = [generationTables(live), generationTables(folded)];
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
      `${wrong} rows are still wrong after they were repaired, so they were left as they were: does something else write to the tables, a trigger for instance?`,
    );
}

function without(set: ReadonlySet<string>, gone: ReadonlySet<string>): Set<string> {
  return new Set([...set].filter((item) => !gone.has(item)));
}
