/** The PostgreSQL error codes that this product handles. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const FEATURE_NOT_SUPPORTED = '0A000';
export const UNDEFINED_TABLE = '42P01';
export const UNDEFINED_COLUMN = '42703';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const NOT_IN_PREREQUISITE_STATE = '55000';
export const LOCK_NOT_AVAILABLE = '55P03';
export const QUERY_CANCELED = '57014';
export const DISK_FULL = '53100';
/** A limit of the server's configuration, as `temp_file_limit`. */
export const CONFIGURED_LIMIT_EXCEEDED = '53400';
export const SERIALIZATION_FAILURE = '40001';
export const DEADLOCK_DETECTED = '40P01';
export const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
/** The error of every statement after the one that failed. */
export const IN_FAILED_TRANSACTION = '25P02';

/** A prepared statement is missing, or exists already: another session prepared it. */
export const STRANGE_STATEMENT: ReadonlySet<string> = new Set(['26000', '42P05']);

/** Data exception, integrity constraint violation, exception raised by a trigger: the values are at fault, not the server. */
const DATA_CLASSES: ReadonlySet<string> = new Set(['22', '23', 'P0']);
/** Also a fault of the data: a row or a text larger than PostgreSQL can hold. */
const PROGRAM_LIMIT_EXCEEDED = '54000';

export function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** True if the database lacks a table or a column that this release knows: a migration has not run yet. */
export function isNotMigrated(error: unknown): boolean {
  const code = sqlState(error);
  return code === UNDEFINED_TABLE || code === UNDEFINED_COLUMN;
}

/** True if a statement was cancelled because it took too long; the transaction is rolled back, and the connection can still be used. */
export function isTimeout(error: unknown): boolean {
  return sqlState(error) === QUERY_CANCELED;
}

/**
 * True if the server cancelled a reading statement in favour of other work: on a replica, of changes that it must apply. The same statement
 * works when it is sent again.
 */
export function isCancelledForOthers(error: unknown): boolean {
  const code = sqlState(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * True if the same statement would fail again, because its values are at fault. Not so if PostgreSQL refuses a row of its own catalogue:
 * then another session made the same table or index at the same moment.
 */
export function isFaultOfTheData(error: unknown): boolean {
  const code = sqlState(error);
  if (code === undefined || isOfTheCatalogue(error)) return false;
  return DATA_CLASSES.has(code.slice(0, 2)) || code === PROGRAM_LIMIT_EXCEEDED;
}

function isOfTheCatalogue(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'schema' in error && error.schema === 'pg_catalog';
}
