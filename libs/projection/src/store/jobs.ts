import type { ClientBase } from 'pg';
import type { JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import { storableJson } from './storable.js';

type Named = Pick<Projection, 'name'>;
type Queryable = Pick<ClientBase, 'query'>;

const KEEP_ENDS_DAYS = 30;

export async function saveJob(client: ClientBase, generation: number, job: StoredJob): Promise<void> {
  await client.query('update generation set job = $2 where number = $1', [generation, storableJson(job)]);
}

/** A job by the generation it works on, and its beginning: a generation's number can be used again. */
export type JobKey = Pick<JobStatus, 'generation' | 'startedAt'>;

/** Changes a part of a stored job, if it has not ended. */
export async function changeJob(client: ClientBase, job: JobKey, change: Partial<StoredJob>): Promise<void> {
  await client.query(`update generation set job = job || $3::jsonb where number = $1 and job ->> 'startedAt' = $2`, [
    job.generation,
    job.startedAt,
    storableJson(change),
  ]);
}

/**
 * After this no projector continues the job, and its end can be reported.
 * @param client inside a transaction
 * @returns false if another process has ended it and recorded its end
 */
export async function endJob(client: ClientBase, projection: Named, end: JobStatus): Promise<boolean> {
  const { rows } = await client.query<{ version: number }>(
    `update generation set job = null where number = $1 and job is not null and job ->> 'startedAt' = $2
    returning schema_version as version`,
    [end.generation, end.startedAt],
  );
  if (!rows[0]) return false;
  await recordEnd(client, projection, { ...end, schemaVersion: rows[0].version });
  return true;
}

export async function recordEnd(client: ClientBase, { name }: Named, status: JobStatus): Promise<void> {
  await client.query('insert into finished_job (projection, status) values ($1, $2)', [name, storableJson(status)]);
}

/** How a job has ended; undefined if no end is recorded. */
export async function recordedEnd(client: Queryable, { name }: Named, job: JobKey): Promise<JobStatus | undefined> {
  const { rows } = await client.query<{ status: JobStatus }>(
    `select status from finished_job where projection = $1 and status ->> 'generation' = $2 and status ->> 'startedAt' = $3`,
    [name, String(job.generation), job.startedAt],
  );
  return rows[0]?.status;
}

/** Removes what operators no longer ask for: old ends, except the last one of each kind and state, see {@link operatorDecided}. */
export async function forgetOldEnds(client: Queryable, { name }: Named): Promise<void> {
  await client.query(
    `delete from finished_job f where projection = $1 and finished_at < clock_timestamp() - interval '${KEEP_ENDS_DAYS} days'
      and exists (select 1 from finished_job later where later.projection = f.projection and later.id > f.id
        and later.status ->> 'kind' = f.status ->> 'kind' and later.status ->> 'state' = f.status ->> 'state')`,
    [name],
  );
}

export async function lastFinished(client: Queryable, { name }: Named): Promise<JobStatus | null> {
  const { rows } = await client.query<{ status: JobStatus }>(
    'select status from finished_job where projection = $1 order by id desc limit 1',
    [name],
  );
  return rows[0]?.status ?? null;
}

/** Whether the last rebuild has failed within this time, for another reason than a change of its stream. */
export async function hasJustFailed(client: Queryable, { name }: Named, withinMs: number): Promise<boolean> {
  const { rows } = await client.query<{ failed: boolean }>(
    `select status ->> 'state' = 'failed' and status ->> 'isSourceChanged' is distinct from 'true'
      and finished_at > clock_timestamp() - $2 * interval '1 millisecond' as failed
    from finished_job where projection = $1 and status ->> 'kind' = 'rebuild' order by id desc limit 1`,
    [name, withinMs],
  );
  return rows[0]?.failed ?? false;
}

/**
 * Whether an operator has decided against a rebuild from the current stream: the operator has cancelled it, or has rolled back from its
 * result, and the live generation has not been up to date with any stream since. Then the next decision is the operator's too.
 */
export async function operatorDecided(client: Queryable, { name }: Named): Promise<boolean> {
  const { rows } = await client.query<{ decided: boolean }>(
    `select f.status ->> 'state' = 'cancelled' or f.status ->> 'kind' = 'rollback' as decided
    from finished_job f join generation g on g.projection = f.projection and g.state = 'live'
    where f.projection = $1
      and (f.status ->> 'kind' = 'rebuild' and f.status ->> 'state' in ('done', 'cancelled') or f.status ->> 'isFrozen' = 'true')
      and f.finished_at > coalesce(g.caught_up_at, '-infinity')
    order by f.id desc limit 1`,
    [name],
  );
  return rows[0]?.decided ?? false;
}
