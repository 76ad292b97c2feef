/** PostgreSQL error codes this product reacts to. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const FEATURE_NOT_SUPPORTED = '0A000';
export const UNDEFINED_TABLE = '42P01';
export const UNDEFINED_COLUMN = '42703';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const NOT_IN_PREREQUISITE_STATE = '55000';
export const QUERY_CANCELED = '57014';
export const DISK_FULL = '53100';
export const SERIALIZATION_FAILURE = '40001';
export const DEADLOCK_DETECTED = '40P01';
export const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
/** Said of every statement behind the one that failed. */
export const IN_FAILED_TRANSACTION = '25P02';

/** A prepared statement is not there, or is there already: this session is not the one where it was prepared. */
export const STRANGE_STATEMENT: ReadonlySet<string> = new Set(['26000', '42P05']);

/** Data exception, integrity constraint violation, exception raised by a trigger: about the values, not about the server. */
const DATA_CLASSES: ReadonlySet<string> = new Set(['22', '23', 'P0']);
/** Also of the data: a row or a text larger than PostgreSQL can hold. */
const PROGRAM_LIMIT_EXCEEDED = '54000';

export function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** True when the database lacks a table or a column that this release knows: a migration of it has not run yet. */
export function isNotMigrated(error: unknown): boolean {
  const code = sqlState(error);
  return code === UNDEFINED_TABLE || code === UNDEFINED_COLUMN;
}

/** True when a statement was given up because it took too long; the transaction is rolled back, the connection is as good as before. */
export function isTimeout(error: unknown): boolean {
  return sqlState(error) === QUERY_CANCELED;
}

/** True when a reading statement was cancelled for the sake of others: on a replica, of what the replica has to catch up with. Asked again it is answered. */
export function isCancelledForOthers(error: unknown): boolean {
  const code = sqlState(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/** True when trying the same statement again cannot help, because the values in it are the fault. */
export function isFaultOfTheData(error: unknown): boolean {
  const code = sqlState(error);
  return code !== undefined && (DATA_CLASSES.has(code.slice(0, 2)) || code === PROGRAM_LIMIT_EXCEEDED);
}
