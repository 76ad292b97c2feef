import type { ClientBase } from 'pg';
import { createIndexesSql, createTablesSql, dropTablesSql, SCHEMA_VERSION } from '#read-model/generation-tables.js';
import type { GenerationState } from '#read-model/entities/generation.entity.js';

export interface GenerationRow {
  readonly number: number;
  readonly state: GenerationState;
  readonly schemaVersion: number;
  readonly position: number;
  readonly job: unknown;
  /** When another generation took its place. */
  readonly retiredAt: Date | null;
}

export async function listGenerations(client: ClientBase): Promise<GenerationRow[]> {
  const { rows } = await client.query<{
    number: number;
    state: GenerationState;
    schema_version: number;
    position: string;
    job: unknown;
    retired_at: Date | null;
  }>('select number, state, schema_version, position, job, retired_at from generation order by number');
  return rows.map(({ schema_version: schemaVersion, retired_at: retiredAt, position, ...row }) => ({
    ...row,
    schemaVersion,
    retiredAt,
    position: Number(position),
  }));
}

/** Makes the tables of a new generation, without the indexes that only readers need. @returns its number */
export async function createGeneration(client: ClientBase, job: unknown): Promise<number> {
  await client.query('begin');
  try {
    const { rows } = await client.query<{ number: number }>(
      `insert into generation (number, state, schema_version, job)
      select coalesce(max(number), 0) + 1, 'building', $1, $2 from generation returning number`,
      [SCHEMA_VERSION, JSON.stringify(job)],
    );
    const { number } = rows[0]!;
    await client.query(createTablesSql(number));
    await client.query('commit');
    return number;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Index builds can be resumed: those that are there are left alone. */
export function missingIndexesSql(generation: number): string[] {
  return createIndexesSql(generation).map((sql) => sql.replace('create index ', 'create index if not exists '));
}

export async function saveJob(client: ClientBase, generation: number, job: unknown): Promise<void> {
  await client.query('update generation set job = $2 where number = $1', [
    generation,
    job === null ? null : JSON.stringify(job),
  ]);
}

/** Forgets a generation and its tables. Never the live one. */
export async function dropGeneration(client: ClientBase, generation: number): Promise<void> {
  await client.query('begin');
  try {
    const { rowCount } = await client.query(`delete from generation where number = $1 and state <> 'live'`, [
      generation,
    ]);
    if (rowCount === 1) await client.query(dropTablesSql(generation));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
