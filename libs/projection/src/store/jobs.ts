import type { ClientBase } from 'pg';
import type { JobStatus, JobRequest, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { Lease } from './lease.js';
import { storableJson } from './storable.js';

type Named = Pick<Projection, 'name'>;
type Queryable = Pick<ClientBase, 'query'>;

const KEEP_ENDS_DAYS = 30;

export async function saveJob(client: ClientBase, generation: number, job: StoredJob): Promise<void> {
  await client.query('update generation set job = $2 where number = $1', [generation, storableJson(job)]);
}

/** A job by the generation it works on, and its beginning: a generation's number can be used again. */
type JobKey = Pick<JobStatus, 'generation' | 'startedAt'>;

/** Changes a part of a stored job, if it has not ended. */
export async function changeJob(client: ClientBase, job: JobKey, change: Partial<StoredJob>): Promise<void> {
  await client.query(`update generation set job = job || $3::jsonb where number = $1 and job ->> 'startedAt' = $2`, [
    job.generation,
    job.startedAt,
    storableJson(change),
  ]);
}

/**
 * `not in charge`: another projector leads, so the request may have been meant for an earlier job. `cancelled`: nothing takes that back.
 */
export type Stored = 'stored' | 'no such job' | 'cancelled' | 'not in charge';

/**
 * Stores an operator's request with a job. It takes no lock on the lease, so it need not wait for the leader's batch.
 * @param lease of this process; undefined if it does not lead: then nothing is stored while any projector leads
 */
export function storeRequest(
  client: Queryable,
  projection: Named,
  lease: Lease | undefined,
  job: JobKey,
  requested: JobRequest,
): Promise<Stored> {
  return store(client, projection, lease, job, { sql: STORE_REQUEST, change: { requested } });
}

/** An operator agrees to the loss that the job waits for. `no such job` also if the job would leave fewer rows, or does not wait. */
export function confirmLoss(
  client: Queryable,
  projection: Named,
  lease: Lease | undefined,
  job: JobKey,
  confirmedRows: number,
): Promise<Stored> {
  return store(client, projection, lease, job, { sql: CONFIRM_LOSS, change: { confirmedRows } });
}

const STORE_REQUEST = storeSql(
  `and (job ->> 'requested' is distinct from 'cancel' or $6::jsonb ->> 'requested' = 'cancel')`,
);
const CONFIRM_LOSS = storeSql(`and (job -> 'loss' ->> 'to')::bigint >= ($6::jsonb ->> 'confirmedRows')::bigint`);

function storeSql(condition = ''): string {
  return `with mine as (select from projector_lease where projection = $1
      and case when $2::text is null then expires_at < clock_timestamp() else holder = $2 and epoch = $3::bigint end),
    stored as (update generation set job = job || $6::jsonb
      where projection = $1 and number = $4 and job ->> 'startedAt' = $5 and exists (select from mine) ${condition} returning 1)
    select exists (select from mine) as mine, exists (select from stored) as stored,
      exists (select from generation where number = $4 and job ->> 'startedAt' = $5 and job ->> 'requested' = 'cancel') as cancelled`;
}

async function store(
  client: Queryable,
  { name }: Named,
  lease: Lease | undefined,
  { generation, startedAt }: JobKey,
  { sql, change }: { sql: string; change: Partial<StoredJob> },
): Promise<Stored> {
  const whose = [name, lease?.holder, lease?.epoch];
  const { rows } = await client.query<{ mine: boolean; stored: boolean; cancelled: boolean }>(sql, [
    ...whose,
    generation,
    startedAt,
    storableJson(change),
  ]);
  const { mine, stored, cancelled } = rows[0]!;
  if (!mine) return 'not in charge';
  if (stored) return 'stored';
  return cancelled ? 'cancelled' : 'no such job';
}

/** The operators' request about a job, and the size of the database. */
export interface RequestedState {
  readonly requested: JobRequest;
  readonly confirmedRows: number | undefined;
  readonly databaseBytes: number;
}

/**
 * @param startedAt of the job: a generation's number can be used again
 * @param isMeasured whether to read the size of the database; 0 otherwise
 * @returns undefined if the job has ended
 */
export async function requestedState(
  client: Queryable,
  generation: number,
  startedAt: string,
  isMeasured: boolean,
): Promise<RequestedState | undefined> {
  const { rows } = await client.query<{ requested: JobRequest; confirmed: string | null; bytes: string }>(
    `select job ->> 'requested' as requested, job ->> 'confirmedRows' as confirmed,
      case when $2 then pg_database_size(current_database()) else 0 end as bytes
    from generation where number = $1 and job ->> 'startedAt' = $3`,
    [generation, isMeasured, startedAt],
  );
  if (!rows[0]) return undefined;
  const { requested, confirmed, bytes } = rows[0];
  return { requested, confirmedRows: confirmed === null ? undefined : Number(confirmed), databaseBytes: Number(bytes) };
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
