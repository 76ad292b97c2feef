/** What a run was asked for. */
export interface BenchOptions {
  readonly tokens: number;
  /** How long one round of load lasts. */
  readonly seconds: number;
  readonly json: boolean;
  readonly write: boolean;
}

/** Rounds that count; one more before them warms up. */
export const ROUNDS = 5;
/** Requests in flight at a time, over HTTP and over NATS. */
export const CONCURRENCY = 16;
/** Database connections of everybody who answers: what the query app has for lists. */
export const POOL_SIZE = 8;
