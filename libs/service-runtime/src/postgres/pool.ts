import pg from 'pg';
import { NOT_IN_PREREQUISITE_STATE, sqlState } from './postgres-errors.js';
import { requireSession } from './session.js';
import { TRANSACTION_SETTINGS } from './transaction-settings.js';

/** `pg` returns bigint as text, which a JSON answer needs; no code here calculates with it. */
export interface PoolOptions {
  readonly applicationName: string;
  readonly connections: number;
  /** PostgreSQL cancels a statement that runs longer. */
  readonly statementTimeoutMs: number;
  /** How long a request waits for a connection before the database counts as not reachable. */
  readonly acquireTimeoutMs: number;
  /** SQL to run on every new connection. */
  readonly sessionSql?: string;
}

/**
 * For every connection that may wait long for an answer. A host that is gone sends nothing, and the system would check it only after two
 * hours: a job that waits for an index would hang as long.
 */
export const NOTICE_A_DEAD_SERVER = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

/** Connects lazily and again after every loss: if the database is away at the start, the process need not stop. */
export function createPool(databaseUrl: string, options: PoolOptions, onIdleError: (error: Error) => void): pg.Pool {
  // Not set as a parameter of the connection: a pooler would refuse the connection because of it, or drop it.
  const sessionSql = `set statement_timeout = ${options.statementTimeoutMs}; ${TRANSACTION_SETTINGS} ${options.sessionSql ?? ''}`;
  // The pool waits for the returned promise before it hands the connection out.
  const prepareSession = (client: pg.ClientBase): unknown =>
    requireSession(client, databaseUrl).then(() => client.query(sessionSql));
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: options.applicationName,
    max: options.connections,
    connectionTimeoutMillis: options.acquireTimeoutMs,
    query_timeout: options.statementTimeoutMs + 500,
    ...NOTICE_A_DEAD_SERVER,
    onConnect: prepareSession,
  });
  pool.on('error', onIdleError);
  // The pool does not listen to a connection that is handed out: a loss between two statements would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The SQLSTATE class of refused logins. */
const INVALID_AUTHORIZATION = '28';
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/**
 * Node's codes for a certificate that it does not accept (expired, of an unknown authority, for another host) and for a TLS connection that
 * fails.
 */
const TLS_CODE =
  /CERT|^ERR_(SSL|TLS)_|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^(HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|EPROTO)$/;
const TLS_MESSAGE = /The server does not support SSL connections|There was an error establishing an SSL connection/;
/** connection exceptions, operator intervention (shutdown), insufficient resources, refused logins and missing databases */
const AWAY_SQLSTATE = /^(08...|57P0[1-5]|53...|28...|3D000)$/;
const AWAY_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

/**
 * True if the driver stopped waiting for an answer. Whether the server still runs the statement is unknown, and the connection cannot be
 * used any more.
 */
export function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** True if the database cannot be reached or refuses the login; false if it refuses a statement. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (NETWORK_CODES.has(code) || AWAY_SQLSTATE.test(code)) return true;
  return AWAY_MESSAGE.test(error.message) || isClosed(error) || tlsProblem(error) !== undefined;
}

/** Why a TLS connection failed, in the words of Node or the driver; undefined for any other error. */
function tlsProblem(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (TLS_CODE.test(code)) return code;
  return TLS_MESSAGE.exec(error.message)?.[0];
}

/**
 * PostgreSQL's message if it is there but refuses our login: a wrong password, an unknown role, no line in pg_hba.conf.
 * @returns undefined for any other error; names no role, because any caller may see it
 */
export function refusedLogin(error: unknown): string | undefined {
  if (error instanceof AggregateError) return error.errors.map(refusedLogin).find((found) => found !== undefined);
  const code = sqlState(error);
  return code?.startsWith(INVALID_AUTHORIZATION)
    ? `refuses the login (SQLSTATE ${code}): are user and password in DATABASE_URL right?`
    : undefined;
}

const NO_SUCH_DATABASE = '3D000';
const TOO_MANY_CONNECTIONS = '53300';

/** Why a database is away, in few words; names no role and no host, because any caller may see it. */
export function awayBecause(error: unknown): string {
  if (error instanceof AggregateError) return awayBecause(error.errors[0]);
  const state = sqlState(error);
  if (state === NO_SUCH_DATABASE) return 'there is no database of this name: is DATABASE_URL right?';
  if (state === TOO_MANY_CONNECTIONS) return 'it has no connection left to give';
  if (state !== undefined) return `SQLSTATE ${state}`;
  const tls = error instanceof Error ? tlsProblem(error) : undefined;
  if (tls !== undefined) return `TLS: ${tls}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return NETWORK_CODES.has(code) ? code : 'no answer';
}

/**
 * A database that takes no connections has no SQLSTATE of its own. The message is in the server's language, but the routine name is not.
 */
function isClosed(error: Error): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === NOT_IN_PREREQUISITE_STATE && error.routine === 'CheckMyDatabase'
  );
}
