import pg from 'pg';
import { NOT_IN_PREREQUISITE_STATE, sqlState } from './postgres-errors.js';
import { requireSession } from './session.js';

/** `pg` hands bigint over as text, which is what a JSON answer wants; nobody here does arithmetic on it. */
export interface PoolOptions {
  readonly applicationName: string;
  readonly connections: number;
  /** A statement that runs longer is cancelled. */
  readonly statementTimeoutMs: number;
  /** How long a request waits for a connection before the database counts as not reachable. */
  readonly acquireTimeoutMs: number;
  /** Run on every new connection. */
  readonly sessionSql?: string;
}

/**
 * Of every connection that may wait long for an answer. A host that is gone says nothing, and the system would ask after it only after two
 * hours: a job that waits for an index would hang as long.
 */
export const NOTICE_A_DEAD_SERVER = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

/** Connects lazily and again after every loss: a database that is away at the start is no reason to stop. */
export function createPool(databaseUrl: string, options: PoolOptions, onIdleError: (error: Error) => void): pg.Pool {
  // Not as a parameter of the connection: a pooler would refuse the connection over it, or leave it out.
  const sessionSql = `set statement_timeout = ${options.statementTimeoutMs}; ${options.sessionSql ?? ''}`;
  // The pool waits for what this returns before it hands the connection out.
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
  // The pool does not listen to a connection while that is handed out: its loss between two statements would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The class of refused logins. */
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
/** What Node says of a certificate that it does not take (too old, by nobody known, for another host) and of TLS that does not come about. */
const TLS_CODE =
  /CERT|^ERR_(SSL|TLS)_|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^(HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|EPROTO)$/;
const TLS_MESSAGE = /The server does not support SSL connections|There was an error establishing an SSL connection/;
/** connection exceptions, operator intervention (shutdown), insufficient resources, refused logins and missing databases */
const AWAY_SQLSTATE = /^(08...|57P0[1-5]|53...|28...|3D000)$/;
const AWAY_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

/** True when the driver gave up waiting for an answer; what the server makes of it is not known, and the connection is of no use any more. */
export function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** True when the database cannot be reached or does not take us in, as opposed to disliking a statement. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (NETWORK_CODES.has(code) || AWAY_SQLSTATE.test(code)) return true;
  return AWAY_MESSAGE.test(error.message) || isClosed(error) || tlsProblem(error) !== undefined;
}

/** Why a connection over TLS did not come about, in the words of Node or the driver; undefined for anything else. */
function tlsProblem(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (TLS_CODE.test(code)) return code;
  return TLS_MESSAGE.exec(error.message)?.[0];
}

/**
 * What PostgreSQL says where it is there but does not take our login: a wrong password, an unknown role, no line in pg_hba.conf.
 * @returns undefined for anything else; names no role, for it may be shown to anybody
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

/** Why a database is away, in few words; names no role and no host, for it may be shown to anybody. */
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

/** A database that takes no connections has no SQLSTATE of its own; the message is in the server's language, the routine is not. */
function isClosed(error: Error): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === NOT_IN_PREREQUISITE_STATE && error.routine === 'CheckMyDatabase'
  );
}
