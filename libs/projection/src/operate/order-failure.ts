import { JetStreamApiError } from '@nats-io/jetstream';
import { ServiceError, unavailable } from '#service-runtime/service-error.js';
import { interruptionReason } from '../run/interruption-reason.js';
import { NoLongerLeads } from '../run/leadership.js';
import { LeaseLost } from '../store/lease.js';

/**
 * Turns a passing fault of the database or of NATS into an answer for the operator.
 * @param isBegun whether the order may have changed something
 * @param tool the operators' command line
 * @returns any other error as it is
 */
export function orderFailure(error: unknown, isBegun: boolean, tool: string): unknown {
  if (error instanceof ServiceError) return error;
  if (error instanceof LeaseLost) return new NoLongerLeads(error);
  const away = awayIn(error);
  if (away === undefined) return error;
  if (!isBegun) return unavailable(away, error);
  const message = `The ${away} failed while the order was carried out. It may have been carried out, or may still be: look at "${tool} status" before you ask again.`;
  return new ServiceError(503, message, { cause: error });
}

function awayIn(error: unknown): 'database' | 'stream' | undefined {
  switch (interruptionReason(error)) {
    case 'postgres_away':
    case 'serialization':
    case 'deadlock':
    case 'disk_full':
    case 'statement_timeout':
    case 'transaction_timeout':
      return 'database';
    case 'nats_away':
    case 'nats_timeout':
      return 'stream';
    case 'stream':
      return error instanceof JetStreamApiError && error.status < 500 ? undefined : 'stream';
    case 'lease_lost':
    case 'position_moved':
    case 'postgres_other':
    case 'other':
      return undefined;
  }
}
