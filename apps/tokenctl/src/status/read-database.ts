import type { DataSource } from 'typeorm';
import { tableNames, tableStems } from '#projection/table-template.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import type { GenerationStatus, GroupSweepStatus, LeaderStatus, Status, TableSize } from './status.js';

export interface DatabaseFacts extends Pick<Status, 'leader' | 'deadLetters' | 'databaseBytes' | 'strayTables'> {
  readonly generations: readonly GenerationStatus[];
  readonly live: {
    readonly caughtUpAt: string | null;
    readonly lagSeconds: number | null;
    readonly staleBecause: string | null;
    readonly completeTo: number;
    readonly groupSweeps: readonly GroupSweepStatus[];
  };
}

/** All times are by the database's clock. */
export async function readDatabase(dataSource: DataSource): Promise<DatabaseFacts> {
  const rows = await generationRows(dataSource);
  const tables = await tableSizes(dataSource);
  const known = new Set(rows.flatMap(namesOfTables));
  const live = rows.find(({ state }) => state === 'live');
  return {
    generations: rows.map((row) => generationStatus(row, tables)),
    live: {
      caughtUpAt: live?.caught_up_at?.toISOString() ?? null,
      lagSeconds: live?.lag_seconds ?? null,
      staleBecause: live?.stale_because ?? null,
      completeTo: Number(live?.complete_to ?? live?.position ?? 0),
      groupSweeps: live ? await readSweeps(dataSource, live.number) : [],
    },
    strayTables: tables.filter(({ name }) => !known.has(name)),
    leader: await readLease(dataSource),
    ...(await readSizes(dataSource)),
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
      greatest(0, date_part('epoch', clock_timestamp() - caught_up_at)) as lag_seconds, job ->> 'kind' as job,
      coalesce(tables, $2) as tables
    from generation where projection = $1 order by number`,
    [TOKEN_PROJECTION.name, tableStems(TOKEN_PROJECTION)],
  );
}

/** Another release may have made the generation, with other tables. */
function namesOfTables({ number, tables }: GenerationRow): string[] {
  return tableNames({ tables: tables.map((name) => ({ name })) }, number);
}

function generationStatus(row: GenerationRow, tables: readonly TableSize[]): GenerationStatus {
  const own = new Set(namesOfTables(row));
  return {
    number: row.number,
    state: row.state,
    position: Number(row.position),
    bytes: tables.reduce((sum, { name, bytes }) => (own.has(name) ? sum + bytes : sum), 0),
    schemaVersion: row.schema_version,
    createdAt: row.created_at.toISOString(),
    retiredAt: row.retired_at?.toISOString() ?? null,
    stream: row.stream,
    streamCreated: row.stream_created,
    job: row.job,
  };
}

async function readSweeps(dataSource: DataSource, generation: number): Promise<GroupSweepStatus[]> {
  const rows = await dataSource.query<{ item: string; rows_done: string }[]>(
    'select item, rows_done from deferred_work where generation = $1 order by complete_to, item limit 20',
    [generation],
  );
  return rows.map((row) => ({ tokenGroupId: Number(row.item), membersDone: Number(row.rows_done) }));
}

/** Every table of every generation, its indexes included. PostgreSQL gives null as the size of a table that is being dropped. */
async function tableSizes(dataSource: DataSource): Promise<TableSize[]> {
  const rows = await dataSource.query<{ name: string; bytes: string | null }[]>(
    `select relname as name, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and pg_table_is_visible(oid) and relname ~ '^token(_[a-z]+)*_[0-9]+$' order by relname`,
  );
  return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}

async function readLease(dataSource: DataSource): Promise<LeaderStatus | null> {
  const [lease] = await dataSource.query<{ holder: string | null; epoch: string; expires_in: number | null }[]>(
    `select holder, epoch, case when isfinite(expires_at) then date_part('epoch', expires_at - clock_timestamp()) end as expires_in
    from projector_lease where projection = $1`,
    [TOKEN_PROJECTION.name],
  );
  if (!lease || lease.holder === null) return null;
  return { holder: lease.holder, epoch: Number(lease.epoch), expiresInSeconds: lease.expires_in };
}

async function readSizes(dataSource: DataSource): Promise<Pick<Status, 'deadLetters' | 'databaseBytes'>> {
  const [row] = await dataSource.query<{ open: string; oldest: Date | null; bytes: string }[]>(
    `select count(*) as open, min(first_seen_at) as oldest, pg_database_size(current_database()) as bytes
    from dead_letter where projection = $1 and resolution is null`,
    [TOKEN_PROJECTION.name],
  );
  const { open, oldest, bytes } = row!;
  return {
    deadLetters: { open: Number(open), oldest: oldest?.toISOString() ?? null },
    databaseBytes: Number(bytes),
  };
}
