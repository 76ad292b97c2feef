import pg from 'pg';

/** Longer than this inside a transaction without a statement, and the server ends the session: a paused leader must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 4_000;

/** The one connection through which a leader writes. Pipelined: statements of a batch do not wait for each other's answers. */
export async function connectWriter(databaseUrl: string, statementTimeoutMs: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'token-projector',
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    pipeline: true,
  });
  // The failure of the statement in hand says the same; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
