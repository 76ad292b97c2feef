import type { Socket } from 'node:net';
import pg from 'pg';
import { NOTICE_A_DEAD_SERVER } from '#service-runtime/postgres/pool.js';
import { requireSession } from '#service-runtime/postgres/session.js';
import { TRANSACTION_SETTINGS } from '#service-runtime/postgres/transaction-settings.js';
import { within } from '#service-runtime/waiting.js';

/**
 * Statements are planned once, with the primary keys: a plan made while the tables were empty must not read whole tables for every batch
 * when they are full.
 */
const SESSION_SQL =
  'set jit = off; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set enable_mergejoin = off; set enable_hashjoin = off;';

/**
 * A long statement of a killed leader must not keep the lease. Servers on some systems cannot notice a dead client, and refuse the setting.
 */
const NOTICE_A_DEAD_CLIENT = `do $$ begin set client_connection_check_interval = '2s'; exception when others then null; end $$`;

/**
 * Removes limits that a role or a database sets for all of its sessions. If such a limit ended a job, the job would begin and end again for
 * ever. Only later versions of PostgreSQL have some of them; setting an unknown name would be an error.
 */
export function withoutLimits(...names: readonly string[]): string {
  return `select set_config(name, '0', false) from pg_settings where name in (${names.map((name) => `'${name}'`).join(', ')})`;
}

/**
 * The one connection on which a leader writes. It is pipelined: statements of a batch do not wait for each other's answers.
 * @param projector the name of the connection in PostgreSQL
 */
export async function connectWriter(
  databaseUrl: string,
  statementTimeoutMs: number,
  projector = 'projector',
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: projector,
    connectionTimeoutMillis: 5_000,
    query_timeout: clientTimeoutMs(statementTimeoutMs),
    ...NOTICE_A_DEAD_SERVER,
    pipeline: true,
  });
  // The current statement fails with the same error; without a listener the error would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await requireSession(client, databaseUrl);
    // Not set as parameters of the connection: a pooler would refuse the connection because of them, or drop them.
    await client.query(`${SESSION_SQL} ${TRANSACTION_SETTINGS} set statement_timeout = ${statementTimeoutMs}`);
    // Operators see by it who has the lease. A name in the URL comes before ours, and poolers change it.
    await client.query(`set application_name = '${projector}'`);
    // During a long proof it has nothing to write.
    await client.query(withoutLimits('transaction_timeout', 'idle_session_timeout'));
    await client.query(NOTICE_A_DEAD_CLIENT);
    return client;
  } catch (error) {
    await disconnectWriter(client);
    throw error;
  }
}

/** The server's timeout comes first: its error leaves the connection usable, ours does not. */
function clientTimeoutMs(statementTimeoutMs: number): number {
  return statementTimeoutMs + 5_000;
}

/** Sets the timeout on both sides, from the next statement on. */
export async function setStatementTimeout(client: pg.Client, statementTimeoutMs: number): Promise<void> {
  await client.query(`set statement_timeout = ${statementTimeoutMs}`);
  const { connectionParameters } = client as unknown as { connectionParameters: { query_timeout: number } };
  connectionParameters.query_timeout = clientTimeoutMs(statementTimeoutMs);
}

/** A silent server does not answer the closing message; its side of the connection then ends by its own timeouts. */
export const GOODBYE_MS = 1_000;

export async function disconnectWriter(client: pg.Client): Promise<void> {
  await within(GOODBYE_MS, client.end());
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
}
