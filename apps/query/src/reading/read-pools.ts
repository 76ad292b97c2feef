import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { createPool } from '#read-model/pool.js';
import type { Logger } from '#service-runtime/logger.js';
import { AnswerBytes } from './answer-bytes.js';
import { Turns } from './turns.js';

/**
 * Turns at the two pools, as many as there are connections: nobody waits in a pool, where nothing bounds how many wait, and
 * where waiting for long would look as if the database were away.
 */
type ReadTurns = Readonly<Record<'plain' | 'search', Turns>>;

const PLAIN_CONNECTIONS = 8;
const SEARCH_CONNECTIONS = 4;

const STATEMENT_TIMEOUT_MS = 3_000;
const ACQUIRE_TIMEOUT_MS = 2_000;

/**
 * Every page is a handful of index ranges: neither compiling plans nor parallel workers pay for themselves. Every join is a
 * look-up by key from few rows: the other kinds would read a table whole.
 */
const SESSION_SQL =
  'set jit = off; set max_parallel_workers_per_gather = 0; set enable_hashjoin = off; set enable_mergejoin = off;';

/**
 * Left to itself PostgreSQL plans a list anew for every request, because with a known limit a plan looks cheaper than without:
 * 0.14 ms a request against 0.05 ms. And a plan made while the tables were small must not read them whole once they are not.
 */
const PLAN_ONCE_SQL =
  'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;';

/** For answers, where the settings do not say it. */
export const ANSWERS_IN_FLIGHT_BYTES = 268_435_456;

/** Connections by how their statements are planned. Apart, a rush of searches cannot hold up the plain lists. */
export class ReadPools implements OnApplicationShutdown {
  /** For named statements: index ranges in the wanted order, right for any values and any size of the tables. */
  readonly prepared: Pool;
  /** For statements whose best plan depends on their values: searches and dates. */
  readonly planned: Pool;
  readonly turns: ReadTurns;
  readonly memory: AnswerBytes;

  /** @param answerBytes the memory that the answers of all requests may take together */
  constructor(databaseUrl: string, logger: Logger, answerBytes: number = ANSWERS_IN_FLIGHT_BYTES) {
    this.memory = new AnswerBytes(answerBytes);
    this.turns = {
      plain: new Turns(PLAIN_CONNECTIONS, this.memory, logger),
      search: new Turns(SEARCH_CONNECTIONS, this.memory, logger),
    };
    const options = { statementTimeoutMs: STATEMENT_TIMEOUT_MS, acquireTimeoutMs: ACQUIRE_TIMEOUT_MS };
    const pool = (applicationName: string, connections: number, sessionSql: string) =>
      createPool(databaseUrl, { ...options, applicationName, connections, sessionSql }, (error) =>
        logger.warn({ err: error }, 'a database connection was lost'),
      );
    this.prepared = pool('token-query', PLAIN_CONNECTIONS, SESSION_SQL + PLAN_ONCE_SQL);
    this.planned = pool('token-query-search', SEARCH_CONNECTIONS, SESSION_SQL);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    await Promise.all([this.prepared.end(), this.planned.end()]);
  }
}
