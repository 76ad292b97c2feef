import { isDatabaseAway, refusedLogin } from '#service-runtime/postgres/pool.js';
import {
  INSUFFICIENT_PRIVILEGE,
  isCancelledForOthers,
  QUERY_CANCELED,
  sqlState,
  STRANGE_STATEMENT,
} from '#service-runtime/postgres/postgres-errors.js';
import { PoolerInTransactionMode } from '#service-runtime/postgres/session.js';
import { OVERLOADED, ServiceError, unavailable } from '#service-runtime/service-error.js';

/**
 * The connection has no session of its own: PostgreSQL refused it at the start, or a prepared statement is missing because the pooler has
 * changed its mode.
 */
function isPooledAway(error: unknown): boolean {
  return error instanceof PoolerInTransactionMode || STRANGE_STATEMENT.has(sqlState(error) ?? '');
}

/** A replica has cancelled every attempt, or each has found another generation live. */
export const NO_ATTEMPT_LEFT = unavailable('list of tokens');

/**
 * Whether nothing is wrong with a statement: a replica cancelled it, or it had no turn. The next attempt may succeed. It is also true of
 * the answer that the error became.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof ServiceError && isCancelledForOthers(error.cause)) return true;
  return error === OVERLOADED || error === NO_ATTEMPT_LEFT || isCancelledForOthers(error);
}

/** Turns an error of the database into the answer for the caller. */
export function readFailure(error: unknown): Error {
  if (refusedLogin(error) !== undefined)
    return new ServiceError(503, 'The database refuses the login of this service at the moment; try again later.', {
      cause: error,
    });
  if (isDatabaseAway(error) || isPooledAway(error)) return unavailable('database', error);
  if (isCancelledForOthers(error)) return unavailable('list of tokens', error);
  if (sqlState(error) === INSUFFICIENT_PRIVILEGE) {
    return new ServiceError(
      503,
      'The database does not let this service read the list at the moment; try again later.',
      {
        cause: error,
      },
    );
  }
  if (sqlState(error) === QUERY_CANCELED) return tookTooLong(error);
  return error instanceof Error ? error : new Error(String(error));
}

export function tookTooLong(cause?: unknown): ServiceError {
  const message = 'The database took too long to answer; narrow the request or try again later.';
  return new ServiceError(503, message, { cause });
}

export function notMigrated(cause?: unknown): ServiceError {
  const message = 'The database is not ready for this release at the moment; try again later.';
  return new ServiceError(503, message, { cause });
}
