import type { ClientBase } from 'pg';
import type { JobRequest, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { JobKey } from './jobs.js';
import type { Lease } from './lease.js';
import { storableJson } from './storable.js';

type Named = Pick<Projection, 'name'>;
type Queryable = Pick<ClientBase, 'query'>;

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

/** An operator has cancelled or paused the job before its work was committed. */
export class RequestedOtherwise extends Error {
  constructor(readonly requested: JobRequest) {
    super(`an operator has requested ${requested}`);
  }
}

/**
 * Call it in the transaction of work that an operator may want to stop, shortly before the commit: a request that was stored before stops
 * the work, and a later one is stored after it.
 * @throws {RequestedOtherwise}
 */
export async function ensureNotStopped(client: ClientBase, generation: number): Promise<void> {
  const { rows } = await client.query<{ requested: JobRequest | null }>(
    `select job ->> 'requested' as requested from generation where number = $1 for no key update`,
    [generation],
  );
  const requested = rows[0]?.requested ?? 'run';
  if (requested !== 'run') throw new RequestedOtherwise(requested);
}

const STORE_REQUEST = storeSql(
  `and (job ->> 'requested' is distinct from 'cancel' or $6::jsonb ->> 'requested' = 'cancel')`,
);
const CONFIRM_LOSS = storeSql(`and job ->> 'requested' is distinct from 'cancel'
  and (job -> 'loss' ->> 'to')::bigint >= ($6::jsonb ->> 'confirmedRows')::bigint`);

/** @param condition of the stored job, besides that it is this one; begins with `and` */
function storeSql(condition: string): string {
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
