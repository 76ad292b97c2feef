import type { QueryRunner } from 'typeorm';
import { createDataSource } from './data-source.js';
import { createIndexesSql, createTablesSql, READABLE_SINCE, SCHEMA_VERSION } from './generation-tables.js';
import { requireSessions } from './session.js';

/** Any number, as long as every starter takes the same one. */
const MIGRATION_LOCK = 7_146_201;

/**
 * Brings a database to the current schema and gives it a first generation to serve. Safe to run again and safe to run
 * from several starters at once: they queue on an advisory lock, and the later ones find nothing to do.
 * @returns the names of the migrations that ran
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  // The lock below is one of a session.
  await requireSessions(databaseUrl);
  const dataSource = await createDataSource(databaseUrl).initialize();
  try {
    // The lock is held by a connection of its own, because TypeORM runs the migrations on another.
    const gate = dataSource.createQueryRunner();
    try {
      await gate.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const applied = await dataSource.runMigrations();
      await createFirstGeneration(gate);
      return applied.map(({ name }) => name);
    } finally {
      await gate.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await gate.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

async function createFirstGeneration(runner: QueryRunner): Promise<void> {
  const [existing] = (await runner.query('select 1 from generation limit 1')) as unknown[];
  if (existing) return;
  await runner.startTransaction();
  try {
    await runner.query(createTablesSql(1));
    for (const statement of createIndexesSql(1)) await runner.query(statement);
    await runner.query(
      `insert into generation (number, state, schema_version, readable_since) values (1, 'live', $1, $2)`,
      [SCHEMA_VERSION, READABLE_SINCE],
    );
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}
