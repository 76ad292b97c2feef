import type { Socket } from 'node:net';
import pg from 'pg';
import { NOTICE_A_DEAD_SERVER } from '#service-runtime/postgres/pool.js';
import { requireSession } from '#service-runtime/postgres/session.js';
import { within } from '#service-runtime/waiting.js';

/** Longer than this inside a transaction without a statement, and the server ends the session: a paused leader must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 4_000;

/**
 * Statements are planned once, and by way of the primary keys: a plan made while the tables were empty must not read them
 * whole for every batch once they are not.
 */
const SESSION_SQL =
  'set jit = off; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set enable_mergejoin = off; set enable_hashjoin = off;';

/**
 * A long statement of a leader that was killed must not go on holding the lease. Servers on some systems cannot notice it, and refuse
 * the setting.
 */
const NOTICE_A_DEAD_CLIENT = `do $$ begin set client_connection_check_interval = '2s'; exception when others then null; end $$`;

/**
 * Limits that a role or a database has for all of its sessions. What one of them ended would be begun again, and ended again, for ever.
 * Only later versions of PostgreSQL have `transaction_timeout`; setting what is not there would be an error.
 */
export function withoutLimits(...names: readonly string[]): string {
  return `select set_config(name, '0', false) from pg_settings where name in (${names.map((name) => `'${name}'`).join(', ')})`;
}

/**
 * The one connection through which a leader writes. Pipelined: statements of a batch do not wait for each other's answers.
 * @param projector as PostgreSQL is to know it
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
  // The failure of the statement in hand says the same; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await requireSession(client, databaseUrl);
    // Not as parameters of the connection: a pooler would refuse the connection over them, or leave them out.
    const timeouts = `set statement_timeout = ${statementTimeoutMs}; set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};`;
    await client.query(SESSION_SQL + timeouts);
    await client.query(withoutLimits('transaction_timeout'));
    await client.query(NOTICE_A_DEAD_CLIENT);
    return client;
  } catch (error) {
    await disconnectWriter(client);
    throw error;
  }
}

/** The server gives up first: its error leaves the connection usable, ours does not. */
function clientTimeoutMs(statementTimeoutMs: number): number {
  return statementTimeoutMs + 5_000;
}

/** On both sides, from the next statement on. */
export async function setStatementTimeout(client: pg.Client, statementTimeoutMs: number): Promise<void> {
  await client.query(`set statement_timeout = ${statementTimeoutMs}`);
  const { connectionParameters } = client as unknown as { connectionParameters: { query_timeout: number } };
  connectionParameters.query_timeout = clientTimeoutMs(statementTimeoutMs);
}

/** A server that has gone silent answers no goodbye; its side of the connection is then left to its own timeouts. */
export const GOODBYE_MS = 1_000;

export async function disconnectWriter(client: pg.Client): Promise<void> {
  await within(GOODBYE_MS, client.end());
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
}
