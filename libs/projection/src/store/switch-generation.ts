import type { Position, SourceDoubt } from '../stream/position.js';
import type { Client } from 'pg';
import type { JobStatus } from '../job.js';
import { ensureNotStopped } from './job-requests.js';
import { recordEnd } from './jobs.js';
import type { Lease } from './lease.js';
import { fenced } from './transaction.js';

/** Why no projector will keep a generation up to date, and what its stream has to disprove first. */
export interface StandsStill {
  readonly because: string;
  readonly doubts: readonly SourceDoubt[];
}

/**
 * Makes a generation that is up to date the live one, see {@link makeLive}.
 * @param before further work of the transaction
 * @throws {RequestedOtherwise} or another error if the lease is lost, the job has ended, or the generation's position is another one;
 * nothing has changed then
 */
export function switchGeneration(
  client: Client,
  lease: Lease,
  to: Position,
  end: JobStatus,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  return fenced(client, lease, async () => {
    await before();
    await makeLive(client, lease, to, end, null);
  });
}

/**
 * Makes another generation the live one, in one transaction: readers see the old one or the new one, never both or none. If the schema
 * becomes an older one, an operator has rolled back: the generation, and those that follow it, keep the version that was rolled back from.
 * @param client inside a transaction that holds the lease
 * @param end recorded in the same transaction, so that the job has ended even if the worker dies
 * @param stale null if a projector will keep it up to date
 * @throws {RequestedOtherwise} if a request to cancel or pause the job is stored; a later request finds no job any more
 * @throws if the job has ended, or the generation's position is another one
 */
export async function makeLive(
  client: Client,
  { projection }: Pick<Lease, 'projection'>,
  to: Position,
  end: JobStatus,
  stale: StandsStill | null,
): Promise<void> {
  await ensureNotStopped(client, to.generation);
  const { rows } = await client.query<{ number: number; newest: number }>(
    `update generation set state = 'previous', job = null, retired_at = clock_timestamp(), gap_after = ${UNLESS_UNBOUNDED}
      where projection = $1 and state = 'live' returning number, greatest(schema_version, rolled_back_from) as newest`,
    [projection],
  );
  const { rowCount } = await client.query(
    `update generation set state = 'live', job = null, stale_because = $4, retired_at = null,
        source_doubts = $6, source_doubts_at = position, caught_up_at = ${CAUGHT_UP_AT},
        rolled_back_from = nullif(greatest(schema_version, $5), schema_version)
      where number = $1 and position = $2 and (state = 'previous' or state = 'building' and job is not null)`,
    [
      to.generation,
      to.sequence,
      rows[0]?.number ?? null,
      stale?.because ?? null,
      rows[0]?.newest ?? null,
      stale?.doubts ?? null,
    ],
  );
  if (rowCount !== 1)
    throw new Error(`generation ${to.generation} is not at ${to.sequence}, or its job has been ended`);
  if (rows[0]) await client.query(KEEP_DOUBT, [to.generation, rows[0].number]);
  await recordEnd(client, { name: projection }, end);
}

/**
 * An operator's word that nothing is missing ends where the stream ends when a projector reads it. If none has, it holds for nobody else:
 * bounded later, it would hold for messages that the operator knew nothing of.
 */
const UNLESS_UNBOUNDED = `case when gap_until is not null then gap_after end`;

/** If two generations are at the same position, a measurement of one is valid for the other too. Otherwise there is no measurement. */
const CAUGHT_UP_AT = `greatest(caught_up_at, (select old.caught_up_at from generation old
        where old.number = $3 and old.stream_created = generation.stream_created and old.position = generation.position))`;

/**
 * What comes after the position may stand for messages that are gone. The former live generation knows of it, from a gap or a lower limit
 * per subject, also if the new one, which was read from the start, has seen neither; one that is put back has doubts of its own. And
 * the former one knows up to where nothing is missing, because reading began there. If it is halted by its stream, the switch is the
 * way out, and nothing is kept.
 */
const KEEP_DOUBT = `with former as (
    select f.* from generation f join generation n on n.stream_created = f.stream_created and n.position = f.position
      where f.number = $2 and n.number = $1 and coalesce(f.stale_because, '') not like 'source-%'
  ), open as (
    select min(gap_after) as gap_after, max(gap_until) as gap_until from generation
      where number in ($1, $2) and gap_after > 0 and gap_until > position
    union all
    select gap_after, gap_until from former where gap_after = 0 and gap_until > position
  )
  update generation g set subject_limit = former.subject_limit,
      gap_after = coalesce(o.gap_after, g.gap_after), gap_until = coalesce(o.gap_until, g.gap_until)
    from former left join (select * from open where gap_after is not null order by gap_after desc limit 1) o on true
    where g.number = $1`;
