import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { createPool } from '#service-runtime/postgres/pool.js';
import type { Logger } from '#service-runtime/logger.js';
import { NO_TRACING, type Tracing } from '#service-runtime/tracing/tracing.js';
import { AnswerMemory } from './answer-memory.js';
import { AdmissionQueue } from './admission-queue.js';
import type { ReadStatement } from './snapshot.sql.js';

/**
 * One queue before each pool. It admits as many requests as the pool has connections, so no request waits inside a pool: the pool does not
 * limit how many wait, and a long wait would look as if the database were away. Some requests pass a queue of their own before that of the
 * plain ones, because the lists must not wait for them: those to resolve, as very many tokens may have one label, and those for changes, as
 * one change wakes all who follow the tokens of a customer.
 */
type ReadQueues = Readonly<Record<'plain' | 'search' | 'resolve' | 'changes' | 'state', AdmissionQueue>>;

const PLAIN_CONNECTIONS = 8;
const SEARCH_CONNECTIONS = 4;
/** Of the plain connections. These and those for changes leave one to the lists. */
const RESOLVE_CONNECTIONS = 4;
const CHANGES_CONNECTIONS = 3;
const STATE_CONNECTIONS = 2;

const STATEMENT_TIMEOUT_MS = 3_000;
const ACQUIRE_TIMEOUT_MS = 2_000;

/**
 * Every page is a handful of index ranges: compiling plans and parallel workers cost more than they save. Every join looks up a few rows by
 * key: the other kinds of join would read a whole table. An incremental sort makes another order from that of a wrong index: it would read
 * all tokens of a customer for each of its places, where PostgreSQL expects a few of them.
 */
export const SESSION_SQL =
  'set jit = off; set max_parallel_workers_per_gather = 0; set enable_hashjoin = off; set enable_mergejoin = off; ' +
  'set enable_incremental_sort = off;';

/**
 * By default PostgreSQL plans a list again for every request, because with a known limit a plan looks cheaper than without: 0.14 ms a
 * request against 0.05 ms. Also, a plan made while the tables were small must not read them whole when they are large.
 * Without values it takes a span of time for one token in 200: it would keep the matches and read all of them for every token it checks.
 */
const PLAN_ONCE_SQL =
  'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set enable_material = off;';

/** The memory for answers if no setting gives it. */
export const ANSWERS_IN_FLIGHT_BYTES = 268_435_456;

/**
 * Two pools for requests, by how PostgreSQL plans their statements. So a rush of searches does not delay the plain lists. Two more, so that
 * no request delays what many wait for, or the look at the database.
 */
export class ReadPools implements OnApplicationShutdown {
  /** For named statements: index ranges in the wanted order, right for any values and any size of the tables. */
  readonly prepared: Pool;
  /** For statements whose best plan depends on their values: a search, ids, a group, an app user, several spans of time. */
  readonly planned: Pool;
  /** For what many wait for at a time, the state and the last changes: in a rush of requests these looks would have no turn. */
  readonly state: Pool;
  /** For the probe: while requests have all other connections, the database is not away. */
  readonly watch: Pool;
  readonly queues: ReadQueues;
  readonly memory: AnswerMemory;

  /** @param answerBytes the memory that the answers of all requests may take together */
  constructor(
    databaseUrl: string,
    logger: Logger,
    answerBytes: number = ANSWERS_IN_FLIGHT_BYTES,
    readonly tracing: Tracing = NO_TRACING,
  ) {
    this.memory = new AnswerMemory(answerBytes);
    this.queues = {
      plain: new AdmissionQueue(PLAIN_CONNECTIONS, this.memory, logger),
      search: new AdmissionQueue(SEARCH_CONNECTIONS, this.memory, logger),
      resolve: new AdmissionQueue(RESOLVE_CONNECTIONS, this.memory, logger),
      changes: new AdmissionQueue(CHANGES_CONNECTIONS, this.memory, logger),
      state: new AdmissionQueue(STATE_CONNECTIONS, this.memory, logger),
    };
    const options = { statementTimeoutMs: STATEMENT_TIMEOUT_MS, acquireTimeoutMs: ACQUIRE_TIMEOUT_MS };
    const pool = (applicationName: string, connections: number, sessionSql: string) =>
      createPool(databaseUrl, { ...options, applicationName, connections, sessionSql }, (error) =>
        logger.warn({ err: error }, 'a database connection was lost'),
      );
    this.prepared = pool('token-query', PLAIN_CONNECTIONS, SESSION_SQL + PLAN_ONCE_SQL);
    this.planned = pool('token-query-search', SEARCH_CONNECTIONS, SESSION_SQL);
    this.state = pool('token-query-state', STATE_CONNECTIONS, SESSION_SQL + PLAN_ONCE_SQL);
    this.watch = pool('token-query-watch', 1, SESSION_SQL);
  }

  /** Where a statement runs, and where it waits for that. */
  wayOf({ name, pool }: ReadStatement): [Pool, AdmissionQueue] {
    const { prepared, planned, state, queues } = this;
    if (pool === 'state') return [state, queues.state];
    return name === undefined ? [planned, queues.search] : [prepared, queues.plain];
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    await Promise.all([this.prepared, this.planned, this.state, this.watch].map((pool) => pool.end()));
  }
}
