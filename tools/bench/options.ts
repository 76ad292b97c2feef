/** The options of a run. */
export interface BenchOptions {
  readonly tokens: number;
  /** How long one round of load lasts. */
  readonly seconds: number;
  readonly json: boolean;
  readonly write: boolean;
}

/** Rounds that count; one warm-up round comes before them. */
export const ROUNDS = 5;
/** Requests in flight at a time, over HTTP and over NATS. */
export const CONCURRENCY = 16;
/** Database connections of every answering process: the number that the query app has for lists. */
export const POOL_SIZE = 8;
