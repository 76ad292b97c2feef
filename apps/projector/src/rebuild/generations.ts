import type { ClientBase } from 'pg';
import {
  createIndexesSql,
  createTablesSql,
  dropTablesSql,
  generationTables,
  membersIndexSql,
  READABLE_SINCE,
  SCHEMA_VERSION,
} from '#read-model/generation-tables.js';
import type { GenerationState } from '#read-model/entities/generation.entity.js';
import type { JobStatus, StoredJob } from '#read-model/job.js';

/** How long a drop waits for readers that have not noticed the switch; whoever comes to read queues behind it so long. */
const LOCK_TIMEOUT_MS = 1_000;

export interface GenerationRow {
  readonly number: number;
  readonly state: GenerationState;
  readonly schemaVersion: number;
  readonly position: number;
  readonly job: StoredJob | null;
  /** When another generation took its place. */
  readonly retiredAt: Date | null;
}

export async function listGenerations(client: ClientBase): Promise<GenerationRow[]> {
  const { rows } = await client.query<{
    number: number;
    state: GenerationState;
    schema_version: number;
    position: string;
    job: StoredJob | null;
    retired_at: Date | null;
  }>('select number, state, schema_version, position, job, retired_at from generation order by number');
  return rows.map(({ schema_version: schemaVersion, retired_at: retiredAt, position, ...row }) => ({
    ...row,
    schemaVersion,
    retiredAt,
    position: Number(position),
  }));
}

/** The one that a roll-back would put back: of those that were replaced, the last. */
export function previousOf(generations: readonly GenerationRow[]): GenerationRow | undefined {
  return generations
    .filter(({ state }) => state === 'previous')
    .sort((a, b) => Number(a.retiredAt) - Number(b.retiredAt))
    .at(-1);
}

/**
 * Makes the tables of a new generation, without the indexes that only readers need.
 * @param client inside a transaction
 * @returns its number
 */
export async function createGeneration(client: ClientBase, job: StoredJob): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    `insert into generation (number, state, schema_version, readable_since, job)
    select coalesce(max(number), 0) + 1, 'building', $1, $2, $3 from generation returning number`,
    [SCHEMA_VERSION, READABLE_SINCE, JSON.stringify(job)],
  );
  const { number } = rows[0]!;
  await client.query(createTablesSql(number));
  return number;
}

/** Index builds can be resumed: those that are there are left alone. */
export function missingIndexesSql(generation: number): string[] {
  return createIndexesSql(generation).map(ifMissing);
}

function ifMissing(createIndexSql: string): string {
  return createIndexSql.replace('create index ', 'create index if not exists ');
}

/** Whether the members of a group can be found. Generations of earlier releases have another index for it, which finds them more slowly. */
export async function hasMembersIndex(client: ClientBase, generation: number): Promise<boolean> {
  const { tokenMembership } = generationTables(generation);
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${tokenMembership}_members`,
  ]);
  return rows[0]!.found;
}

export async function ensureMembersIndex(client: ClientBase, generation: number): Promise<void> {
  await client.query(ifMissing(membersIndexSql(generation)));
}

export async function saveJob(client: ClientBase, generation: number, job: StoredJob): Promise<void> {
  await client.query('update generation set job = $2 where number = $1', [generation, JSON.stringify(job)]);
}

/** Changes a part of what is stored of a job. @returns whether there is such a job */
export async function changeJob(
  client: Pick<ClientBase, 'query'>,
  generation: number,
  change: Partial<StoredJob>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'update generation set job = job || $2::jsonb where number = $1 and job is not null',
    [generation, JSON.stringify(change)],
  );
  return rowCount === 1;
}

/** An operator agrees to what the job waits for. @returns false where it would leave fewer tokens, or does not wait */
export async function confirmLoss(
  client: Pick<ClientBase, 'query'>,
  generation: number,
  tokens: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update generation set job = job || jsonb_build_object('confirmedTokens', $2::bigint)
    where number = $1 and (job -> 'loss' ->> 'to')::bigint >= $2`,
    [generation, tokens],
  );
  return rowCount === 1;
}

/**
 * From here on nobody takes the job up again, and its end can be told.
 * @param client inside a transaction
 * @returns false where somebody else has ended it: its end is recorded then
 */
export async function endJob(client: ClientBase, end: JobStatus): Promise<boolean> {
  const { rowCount } = await client.query(
    `update generation set job = null where number = $1 and job is not null and job ->> 'startedAt' = $2`,
    [end.generation, end.startedAt],
  );
  if (rowCount !== 1) return false;
  await recordEnd(client, end);
  return true;
}

export async function recordEnd(client: ClientBase, status: JobStatus): Promise<void> {
  await client.query('insert into finished_job (status) values ($1)', [JSON.stringify(status)]);
}

export async function lastFinished(client: Pick<ClientBase, 'query'>): Promise<JobStatus | null> {
  const { rows } = await client.query<{ status: JobStatus }>(
    'select status from finished_job order by id desc limit 1',
  );
  return rows[0]?.status ?? null;
}

/**
 * Forgets a generation and its tables. Never the live one, nor one that a job works on.
 * @param client inside a transaction
 * @throws when readers keep the tables busy
 */
export async function dropGeneration(client: ClientBase, generation: number): Promise<void> {
  await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const { rowCount } = await client.query(
    `delete from generation where number = $1 and state <> 'live' and job is null`,
    [generation],
  );
  if (rowCount === 1) await client.query(dropTablesSql(generation));
}
