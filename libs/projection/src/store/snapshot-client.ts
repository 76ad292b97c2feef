import pg from 'pg';
import { NOTICE_A_DEAD_SERVER } from '#service-runtime/postgres/pool.js';
import { withoutLimits } from './writer-client.js';

/**
 * A connection without time limits for comparing generations: the larger they are, the longer that takes.
 * @param projector the name of the connection in PostgreSQL
 */
export async function connectForComparison(databaseUrl: string, projector = 'projector'): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: `${projector}-compare`,
    ...NOTICE_A_DEAD_SERVER,
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`set work_mem = '64MB'; set jit = off`);
  await client.query(
    withoutLimits(
      'statement_timeout',
      'transaction_timeout',
      'idle_in_transaction_session_timeout',
      'idle_session_timeout',
    ),
  );
  return client;
}

/** @returns the number of the connection's process in PostgreSQL; a pooler in between tells its clients another one */
export async function processOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ process: number }>('select pg_backend_pid() as process');
  return rows[0]!.process;
}

/** Cancels the statement that a process of PostgreSQL runs, if any. */
export async function cancelStatement(pool: pg.Pool, process: number): Promise<void> {
  await pool.query('select pg_cancel_backend($1)', [process]);
}

/**
 * From now on the connection sees the database as it is now, whatever is written later.
 * @returns the number of its process in PostgreSQL
 */
export async function takeSnapshot(client: pg.Client): Promise<number> {
  await client.query('begin isolation level repeatable read');
  // The first statement takes the snapshot, not `begin`. It reads no table: its lock would stay till the end of the comparison, a migration
  // would wait for it, and every reader for the migration.
  const { rows } = await client.query<{ process: number }>('select pg_backend_pid() as process, pg_current_snapshot()');
  return rows[0]!.process;
}
