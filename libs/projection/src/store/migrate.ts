import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type Migration, type QueryRunner } from 'typeorm';
import { LOCK_NOT_AVAILABLE, sqlState } from '#service-runtime/postgres/postgres-errors.js';
import { requireSessions } from '#service-runtime/postgres/session.js';
import type { Projection } from '../projection.js';
import { createIndexesSql, createTablesSql, tableStems } from '../table-template.js';
import { createDataSource } from './data-source.js';
import { LOCK_NUMBERS } from './generations.js';

/** Any number works, if every process that migrates uses the same one. */
const MIGRATION_LOCK = 7_146_201;
/** How long a migration waits for a lock on a table. Readers of the table wait behind it for that long. */
const LOCK_TIMEOUT_MS = 1_000;
/** The readers' turn, before the migration tries again. */
const PAUSE_MS = 1_000;
const ATTEMPTS = 300;

/**
 * Brings a database to the current schema and gives a projection its first generation. Safe to run again and safe to run from several
 * processes at once: they queue on an advisory lock, and the later ones find nothing to do.
 * @returns the names of the migrations that ran
 */
export async function migrate(databaseUrl: string, projection: Projection): Promise<string[]> {
  // The lock below belongs to a session.
  await requireSessions(databaseUrl);
  const dataSource = await createDataSource(databaseUrl).initialize();
  try {
    // A separate connection holds the lock, because TypeORM runs the migrations on another one.
    const gate = dataSource.createQueryRunner();
    try {
      await gate.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
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

/**
 * A reader with a long transaction (a backup) keeps a migration from changing a table, and all later readers queue behind the migration.
 * So it waits for a moment only, gives way, and tries again. All migrations are one transaction.
 */
async function runMigrations(dataSource: DataSource): Promise<Migration[]> {
  const runner = dataSource.createQueryRunner();
  try {
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
      select coalesce(max(number), 0) + 1, $1, 'live', $2, $3, $4 from generation returning number`,
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
