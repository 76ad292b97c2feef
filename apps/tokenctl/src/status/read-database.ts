import type { DataSource } from 'typeorm';
import { LOCKER_OF_LEASE } from '#projection/store/lease.js';
import { tableNames, tableStems } from '#projection/table-template.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import type { GenerationStatus, GroupSweepStatus, LeaderStatus, Status } from './status.js';

export interface DatabaseFacts extends Pick<Status, 'leader'> {
  readonly deadLetters: NonNullable<Status['deadLetters']>;
  readonly generations: readonly GenerationFacts[];
  readonly live: {
    readonly caughtUpAt: string | null;
    readonly lagSeconds: number | null;
    readonly staleBecause: string | null;
    readonly completeTo: number;
    readonly groupSweeps: readonly GroupSweepStatus[];
  };
}

/** `read-sizes.ts` reads the sizes, which may take longer. */
type GenerationFacts = Omit<GenerationStatus, 'bytes'> & { readonly tables: readonly string[] };

/** All times are by the database's clock. */
export async function readDatabase(dataSource: DataSource): Promise<DatabaseFacts> {
  const rows = await generationRows(dataSource);
  const live = rows.find(({ state }) => state === 'live');
  return {
    generations: rows.map(generationFacts),
    live: {
      caughtUpAt: live?.caught_up_at?.toISOString() ?? null,
      lagSeconds: live?.lag_seconds ?? null,
      staleBecause: live?.stale_because ?? null,
      completeTo: Number(live?.complete_to ?? live?.position ?? 0),
      groupSweeps: live ? await readSweeps(dataSource, live.number) : [],
    },
    leader: await readLease(dataSource),
    deadLetters: await readDeadLetters(dataSource),
  };
}

interface GenerationRow {
  readonly number: number;
  readonly state: string;
  readonly schema_version: number;
  readonly created_at: Date;
  readonly stream: string | null;
  readonly stream_created: string | null;
  readonly position: string;
  readonly complete_to: string | null;
  readonly caught_up_at: Date | null;
  readonly lag_seconds: number | null;
  readonly stale_because: string | null;
  readonly job: string | null;
  readonly retired_at: Date | null;
  readonly tables: readonly string[];
}

function generationRows(dataSource: DataSource): Promise<GenerationRow[]> {
  return dataSource.query(
    `select number, state, schema_version, created_at, stream, stream_created, position, complete_to, caught_up_at, stale_because, retired_at,
      case when caught_up_at is not null then greatest(0, date_part('epoch', clock_timestamp() - caught_up_at)) end as lag_seconds,
      job ->> 'kind' as job, coalesce(tables, $2) as tables
    from generation where projection = $1 order by number`,
    [TOKEN_PROJECTION.name, tableStems(TOKEN_PROJECTION)],
  );
}

/** Another release may have made the generation, with other tables. */
function namesOfTables({ number, tables }: GenerationRow): string[] {
  return tableNames({ tables: tables.map((name) => ({ name })) }, number);
}

function generationFacts(row: GenerationRow): GenerationFacts {
  return {
    number: row.number,
    state: row.state,
    position: Number(row.position),
    schemaVersion: row.schema_version,
    createdAt: row.created_at.toISOString(),
    retiredAt: row.retired_at?.toISOString() ?? null,
    stream: row.stream,
    streamCreated: row.stream_created,
    job: row.job,
    tables: namesOfTables(row),
  };
}

async function readSweeps(dataSource: DataSource, generation: number): Promise<GroupSweepStatus[]> {
  const rows = await dataSource.query<{ item: string; rows_done: string }[]>(
    'select item, rows_done from deferred_work where generation = $1 order by complete_to, item limit 20',
    [generation],
  );
  return rows.map((row) => ({ tokenGroupId: Number(row.item), membersDone: Number(row.rows_done) }));
}

interface LeaseRow {
  readonly holder: string | null;
  readonly epoch: string;
  readonly expires_in: number | null;
  readonly is_locked: boolean;
  readonly process: number | null;
  readonly application: string | null;
}

/** A batch renews the lease first, and so does a switch. Any other session that has locked the lease keeps it from all projectors. */
async function readLease(dataSource: DataSource): Promise<LeaderStatus | null> {
  const [lease] = await dataSource.query<LeaseRow[]>(
    `select holder, epoch, case when isfinite(expires_at) then date_part('epoch', expires_at - clock_timestamp()) end as expires_in,
      locker.is_there is not null as is_locked, locker.pid as process,
      (select application_name from pg_stat_activity where pid = locker.pid) as application
    from projector_lease as lease left join lateral (select pid, true as is_there from ${LOCKER_OF_LEASE}) locker on true where projection = $1`,
    [TOKEN_PROJECTION.name],
  );
  if (!lease || lease.holder === null) return null;
  const { holder, epoch, expires_in: expiresInSeconds, is_locked: isLocked, process, application } = lease;
  const isInBatch = isLocked && application === TOKEN_PROJECTION.words.projector;
  return {
    holder,
    epoch: Number(epoch),
    expiresInSeconds,
    isInBatch,
    lockedBy: isLocked && !isInBatch ? { process, application } : null,
  };
}

async function readDeadLetters(dataSource: DataSource): Promise<DatabaseFacts['deadLetters']> {
  const [row] = await dataSource.query<{ open: string; oldest: Date | null }[]>(
    'select count(*) as open, min(first_seen_at) as oldest from dead_letter where projection = $1 and resolution is null',
    [TOKEN_PROJECTION.name],
  );
  const { open, oldest } = row!;
  return { open: Number(open), oldest: oldest?.toISOString() ?? null };
}
