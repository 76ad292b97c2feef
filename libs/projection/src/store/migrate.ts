import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type Migration, type QueryRunner } from 'typeorm';
import { LOCK_NOT_AVAILABLE, sqlState } from '#service-runtime/postgres/postgres-errors.js';
import type { Projection } from '../projection.js';
import { createIndexesSql, createTablesSql, tableStems } from '../table-template.js';
import { createDataSource } from './data-source.js';
import { LOCK_NUMBERS, nextNumberSql } from './generations.js';
import { withoutLimits } from './writer-client.js';

/** Any number works, if every process that migrates uses the same one. */
const MIGRATION_LOCK = 7_146_201;
/** How long a migration waits for a lock on a table. Readers of the table wait behind it for that long. */
const LOCK_TIMEOUT_MS = 1_000;
/** The readers' turn, before the migration tries again. */
const PAUSE_MS = 1_000;
const ATTEMPTS = 300;
/** A migration takes as long as it takes, and the session that holds the gate for it says nothing meanwhile. */
const NO_LIMITS = withoutLimits('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_session_timeout');

/** The session of another process that migrates the same database; what this role may not see is null. */
export interface MigratingSession {
  readonly process: number;
  readonly address: string | null;
  readonly since: Date | null;
}

/**
 * Brings a database to the current schema and gives a projection its first generation. Safe to run again and safe to run from several
 * processes at once: they queue on an advisory lock, and the later ones find nothing to do.
 * @param whenWaiting is called when another process migrates. Its connection may have ended meanwhile: then `undefined`
 * @returns the names of the migrations that ran
 */
export async function migrate(
  databaseUrl: string,
  projection: Projection,
  whenWaiting: (other: MigratingSession | undefined) => void = () => undefined,
): Promise<string[]> {
  const dataSource = await createDataSource(databaseUrl).initialize();
  try {
    // A separate connection holds the lock, because TypeORM runs the migrations on another one.
    const gate = dataSource.createQueryRunner();
    try {
      await gate.query(NO_LIMITS);
      await ensureItHoldsAllTexts(gate);
      await takeTurn(gate, whenWaiting);
      const applied = await runMigrations(dataSource);
      await createFirstGeneration(gate, projection);
      return applied.map(({ name }) => name);
    } finally {
      await gate.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await gate.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

/** In a database of another encoding events with other letters become dead letters, and a letter that quotes them stops the projector. */
async function ensureItHoldsAllTexts(gate: QueryRunner): Promise<void> {
  const [{ server_encoding: encoding }] = (await gate.query('show server_encoding')) as [{ server_encoding: string }];
  if (encoding !== 'UTF8' && encoding !== 'SQL_ASCII')
    throw new Error(
      `the database has the encoding ${encoding}, which cannot hold every text: create it with encoding 'UTF8'`,
    );
}

async function takeTurn(gate: QueryRunner, whenWaiting: (other: MigratingSession | undefined) => void): Promise<void> {
  const [{ mine }] = (await gate.query('select pg_try_advisory_lock($1) as mine', [MIGRATION_LOCK])) as [
    { mine: boolean },
  ];
  if (mine) return;
  const others = (await gate.query(
    `select pid as process, client_addr as address, backend_start as since from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and classid = 0 and objid = $1 and granted
      and database = (select oid from pg_database where datname = current_database())`,
    [MIGRATION_LOCK],
  )) as MigratingSession[];
  whenWaiting(others[0]);
  await gate.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
}

/**
 * A reader with a long transaction (a backup) keeps a migration from changing a table, and all later readers queue behind the migration.
 * So it waits for a moment only, gives way, and tries again. All migrations are one transaction.
 */
async function runMigrations(dataSource: DataSource): Promise<Migration[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(NO_LIMITS);
    await runner.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await new MigrationExecutor(dataSource, runner).executePendingMigrations();
      } catch (error) {
        if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
        if (attempt === ATTEMPTS)
          throw new Error(
            'a table stayed locked for ten minutes: end the transaction that reads it (see pg_stat_activity), or try again later',
            { cause: error },
          );
        await sleep(PAUSE_MS);
      }
    }
  } finally {
    await runner.release();
  }
}

async function createFirstGeneration(runner: QueryRunner, projection: Projection): Promise<void> {
  const { name, schemaVersion, readableSince } = projection;
  const [existing] = (await runner.query('select 1 from generation where projection = $1 limit 1', [
    name,
  ])) as unknown[];
  if (existing) return;
  await runner.startTransaction();
  try {
    await runner.query(LOCK_NUMBERS);
    const [{ number }] = (await runner.query(
      `insert into generation (number, projection, state, schema_version, readable_since, tables)
      select ${nextNumberSql('$4')}, $1, 'live', $2, $3, $4 returning number`,
      [name, schemaVersion, readableSince, tableStems(projection)],
    )) as [{ number: number }];
    await runner.query('insert into projector_lease (projection) values ($1) on conflict do nothing', [name]);
    await runner.query(createTablesSql(projection, number));
    for (const statement of createIndexesSql(projection, number)) await runner.query(statement);
    await makeRoomForOthers(runner);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

/**
 * Projectors of the previous release know one projection, and park by an index of streams alone: two projections that read one stream
 * cannot both park by it. They cannot use a database with a second projection.
 */
async function makeRoomForOthers(runner: QueryRunner): Promise<void> {
  const [{ several }] = (await runner.query('select count(distinct projection) > 1 as several from generation')) as [
    { several: boolean },
  ];
  if (several) await runner.query('drop index if exists dead_letter_message');
}
