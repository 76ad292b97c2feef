import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors as natsErrors } from '@nats-io/transport-node';
import { isDatabaseAway } from '#service-runtime/postgres/pool.js';
import {
  DEADLOCK_DETECTED,
  DISK_FULL,
  IDLE_IN_TRANSACTION_TIMEOUT,
  QUERY_CANCELED,
  SERIALIZATION_FAILURE,
  sqlState,
} from '#service-runtime/postgres/postgres-errors.js';
import { NatsAway } from '#service-runtime/nats-connection.js';
import { ConsumerGone } from '../stream/consumer-gone.js';
import { PositionMoved } from '../store/position.js';
import { LeaderInDoubt } from '../stream/stream-leader.js';
import { LeaseLost } from '../store/lease.js';

/** Why projecting had to begin again, as a metric's label: only a few different words. */
export const INTERRUPTION_REASONS = [
  'postgres_away',
  'serialization',
  'deadlock',
  'disk_full',
  'statement_timeout',
  'transaction_timeout',
  'postgres_other',
  'nats_away',
  'nats_timeout',
  'stream',
  'lease_lost',
  'position_moved',
  'other',
] as const;
export type InterruptionReason = (typeof INTERRUPTION_REASONS)[number];

const BY_SQLSTATE: Readonly<Partial<Record<string, InterruptionReason>>> = {
  [SERIALIZATION_FAILURE]: 'serialization',
  [DEADLOCK_DETECTED]: 'deadlock',
  [DISK_FULL]: 'disk_full',
  [QUERY_CANCELED]: 'statement_timeout',
  [IDLE_IN_TRANSACTION_TIMEOUT]: 'transaction_timeout',
};

export function interruptionReason(error: unknown): InterruptionReason {
  if (error instanceof LeaseLost) return 'lease_lost';
  if (error instanceof PositionMoved) return 'position_moved';
  const code = sqlState(error);
  if (code !== undefined && BY_SQLSTATE[code]) return BY_SQLSTATE[code];
  if (isDatabaseAway(error)) return 'postgres_away';
  if (code !== undefined) return 'postgres_other';
  if (error instanceof NatsAway || error instanceof natsErrors.ClosedConnectionError) return 'nats_away';
  if (error instanceof natsErrors.TimeoutError) return 'nats_timeout';
  if (error instanceof LeaderInDoubt || error instanceof ConsumerGone) return 'stream';
  return error instanceof JetStreamApiError || error instanceof JetStreamError ? 'stream' : 'other';
}
