import type { ClientBase } from 'pg';
import type { StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import { storableJson } from './storable.js';
import { createIndexesSql, createTablesSql, dropTablesSql, tableStems } from '../table-template.js';

/** How long a drop waits for readers that have not noticed the switch; new readers queue behind it for this long. */
const LOCK_TIMEOUT_MS = 1_000;

/** `live` serves readers; a projection never has two. `building` is being made by a job; `previous` is kept for a roll-back. */
type GenerationState = 'live' | 'building' | 'previous';

export interface GenerationRow {
  readonly number: number;
  readonly state: GenerationState;
  readonly schemaVersion: number;
  readonly position: number;
  readonly job: StoredJob | null;
  /** When another generation took its place. */
  readonly retiredAt: Date | null;
  /** The newer schema version that an operator rolled back from to this generation, or to one before it; null if there is none. */
  readonly rolledBackFrom: number | null;
}

export async function listGenerations(
  client: Pick<ClientBase, 'query'>,
  { name }: Pick<Projection, 'name'>,
): Promise<GenerationRow[]> {
  const { rows } = await client.query<{
    number: number;
    state: GenerationState;
    schema_version: number;
    position: string;
    job: StoredJob | null;
    retired_at: Date | null;
    rolled_back_from: number | null;
  }>(
    `select number, state, schema_version, position, job, retired_at, rolled_back_from
    from generation where projection = $1 order by number`,
    [name],
  );
  return rows.map((row) => ({
    number: row.number,
    state: row.state,
    schemaVersion: row.schema_version,
    position: Number(row.position),
    job: row.job,
    retiredAt: row.retired_at,
    rolledBackFrom: row.rolled_back_from,
  }));
}

/** @throws if the database was not migrated for the projection */
export function liveOf(generations: readonly GenerationRow[]): GenerationRow {
  const live = generations.find(({ state }) => state === 'live');
  if (!live) throw new Error('the database holds no live generation: run the migrations');
  return live;
}

/** The generation that a roll-back would make live again: the last one that was replaced. */
export function previousOf(generations: readonly GenerationRow[]): GenerationRow | undefined {
  return generations
    .filter(({ state }) => state === 'previous')
    .sort((a, b) => Number(a.retiredAt) - Number(b.retiredAt))
    .at(-1);
}

/**
 * The same, locked: before the transaction ends nobody drops it, and no job takes it.
 * @param client inside a transaction
 */
export async function lockPrevious(client: ClientBase, projection: Projection): Promise<GenerationRow | undefined> {
  await client.query(`select from generation where projection = $1 and state = 'previous' for no key update`, [
    projection.name,
  ]);
  return previousOf(await listGenerations(client, projection));
}

/**
 * Generations that no job works on and no reader reads.
 * @param retiredForHours left out: all generations kept for a roll-back, and no others
 */
export async function unusedGenerations(
  client: Pick<ClientBase, 'query'>,
  { name }: Pick<Projection, 'name'>,
  retiredForHours?: number,
): Promise<number[]> {
  const { rows } = await client.query<{ number: number }>(
    `select number from generation where projection = $1 and state <> 'live' and job is null
      and case when $2::float8 is null then state = 'previous'
        else state = 'building' or retired_at < clock_timestamp() - $2 * interval '1 hour' end
    order by number`,
    [name, retiredForHours ?? null],
  );
  return rows.map(({ number }) => number);
}

/**
 * A generation's number is unique in the database, across projections. If two projectors want the next number at once, the second one waits
 * for the end of the other's transaction. The lock's number is one of ours, like those in `migrate` and elsewhere.
 */
export const LOCK_NUMBERS = 'select pg_advisory_xact_lock(7146204)';

/**
 * SQL: the next number that no generation has, and no table that would be its: a restored database may have tables of generations that it
 * does not know.
 * @param stems a parameter: the names of a generation's tables, without its number
 */
export function nextNumberSql(stems: string): string {
  return `(with recursive next (number) as (
      select coalesce(max(number), 0) + 1 from generation
      union all select number + 1 from next
        where exists (select from unnest(${stems}::text[]) stem where to_regclass(stem || '_' || number) is not null)
    ) select max(number) from next)`;
}

/**
 * Whether a job may begin: no other one is unfinished, and none begins before the transaction ends, in this process or in another one.
 * @param client inside a transaction
 */
export async function mayBeginJob(client: ClientBase, { name }: Pick<Projection, 'name'>): Promise<boolean> {
  await client.query(LOCK_NUMBERS);
  const { rowCount } = await client.query(
    `select from generation where projection = $1 and state <> 'live' and job is not null`,
    [name],
  );
  return rowCount === 0;
}

export async function isLive(client: ClientBase, generation: number): Promise<boolean> {
  const { rowCount } = await client.query(`select from generation where number = $1 and state = 'live'`, [generation]);
  return rowCount === 1;
}

/**
 * Makes the tables of a new generation, without the indexes that only readers need.
 * @param client inside a transaction
 * @returns its number
 */
export async function createGeneration(client: ClientBase, projection: Projection, job: StoredJob): Promise<number> {
  const { name, schemaVersion, readableSince } = projection;
  await client.query(LOCK_NUMBERS);
  const { rows } = await client.query<{ number: number }>(
    `insert into generation (number, projection, state, schema_version, readable_since, job, tables)
    select ${nextNumberSql('$5')}, $1, 'building', $2, $3, $4, $5 returning number`,
    [name, schemaVersion, readableSince, storableJson(job), tableStems(projection)],
  );
  const { number } = rows[0]!;
  await client.query(createTablesSql(projection, number));
  return number;
}

/** Index builds can be resumed: existing indexes stay. */
export function missingIndexesSql(projection: Projection, generation: number): string[] {
  return createIndexesSql(projection, generation).map((sql) =>
    sql.replace('create index ', 'create index if not exists '),
  );
}

/**
 * Removes a generation and its tables, which may be others than those of this release. Never the live one, nor one that a job works on.
 * @param client inside a transaction
 * @returns whether there was one to remove
 * @throws if readers keep the tables busy
 */
export async function dropGeneration(client: ClientBase, projection: Projection, generation: number): Promise<boolean> {
  await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const { rows } = await client.query<{ tables: string[] }>(
    `delete from generation where number = $1 and projection = $2 and state <> 'live' and job is null
    returning coalesce(tables, $3) as tables`,
    [generation, projection.name, tableStems(projection)],
  );
  if (!rows[0]) return false;
  const tables = rows[0].tables.map((name) => ({ name }));
  await client.query(dropTablesSql({ tables }, generation));
  return true;
}

export interface MeasuredGenerations {
  readonly state: GenerationState;
  readonly generations: number;
  /** Size on disk, indexes included. */
  readonly bytes: number;
}

export async function measureGenerations(client: ClientBase, projection: Projection): Promise<MeasuredGenerations[]> {
  const { rows } = await client.query<{ state: GenerationState; generations: string; bytes: string }>(
    `select state, count(distinct number) as generations, coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes
    from generation
      left join pg_class c on c.relkind = 'r' and pg_table_is_visible(c.oid)
        and c.relname = any(select name || '_' || number from unnest(coalesce(tables, $2::text[])) name)
    where projection = $1 group by state`,
    [projection.name, tableStems(projection)],
  );
  return rows.map(({ state, generations, bytes }) => ({
    state,
    generations: Number(generations),
    bytes: Number(bytes),
  }));
}
