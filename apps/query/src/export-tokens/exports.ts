import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { Pool } from 'pg';
import { createPool } from '#service-runtime/postgres/pool.js';
import { sqlState, UNDEFINED_TABLE } from '#service-runtime/postgres/postgres-errors.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Logger } from '#service-runtime/logger.js';
import { addTo } from '../reading/counts.js';
import { readFailure } from '../reading/read-failure.js';
import type { StatementOver } from '../reading/snapshot.sql.js';
import { SESSION_SQL } from '../reading/read-pools.js';
import { ExportCursor } from './export-cursor.js';
import { ExportSnapshot } from './export-snapshot.js';
import type { ExportSettings } from './export.settings.js';

/** Of one batch of rows; before the first one a large list may have to be sorted. Less than the time after which HTTP gives up a caller. */
const BATCH_TIMEOUT_MS = 25_000;
const ACQUIRE_TIMEOUT_MS = 2_000;
/** A host that is gone, and not only its process, ends no transaction. */
const IDLE_TIMEOUT_MS = 120_000;
/** PostgreSQL plans a cursor for its first tenth; an export reads all of it. An export may also wait for its caller between two batches. */
const WHOLE_LIST_SQL = `set cursor_tuple_fraction = 1; set idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS};`;
/** Exports that run when the app stops get this time to end. */
const STOP_WITHIN_MS = 4_000;
const RETRY_AFTER_SECONDS = 30;
/** PostgreSQL ends within that what it does for a caller who has left. */
const SOON_SECONDS = 2;

/** Opens exports, a limited number at a time, on connections of their own, so that no list waits for an export. */
export class Exports implements OnModuleDestroy, OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly ends = new Set<AbortController>();
  private readonly runningOf = new Map<string, number>();
  private isStopping = false;

  constructor(
    databaseUrl: string,
    private readonly settings: ExportSettings,
    private readonly logger: Logger,
  ) {
    const options = {
      applicationName: 'token-query-export',
      // One more, to cancel statements with.
      connections: settings.atOnce + 1,
      statementTimeoutMs: BATCH_TIMEOUT_MS,
      acquireTimeoutMs: ACQUIRE_TIMEOUT_MS,
      sessionSql: SESSION_SQL + WHOLE_LIST_SQL,
    };
    this.pool = createPool(databaseUrl, options, (error) =>
      logger.warn({ err: error }, 'a database connection was lost'),
    );
  }

  /** How many run at the moment. */
  get running(): number {
    return this.ends.size;
  }

  /**
   * @param gone aborted when the caller is gone
   * @param tenant of the caller; undefined: one who may see all customers
   * @throws {ServiceError} 503 when as many run as may, or when the database does not answer; 429 when a tenant would leave none to others
   */
  async open(statementOver: StatementOver, gone: AbortSignal, tenant: string | undefined): Promise<ExportCursor> {
    if (this.isStopping) throw refusal('This instance is shutting down');
    if (this.ends.size >= this.settings.atOnce)
      throw this.noPlace(`This instance already runs ${this.ends.size} exports, and no more at a time`);
    const theirs = tenant === undefined ? 0 : (this.runningOf.get(tenant) ?? 0);
    const { atOnce } = this.settings;
    if (theirs >= Math.max(1, atOnce - 1))
      throw this.noPlace(
        `Callers for the same customers already run ${theirs} of ${atOnce} exports; the rest is for others`,
        429,
      );
    const { end, onEnd } = this.take(gone, tenant);
    try {
      return await this.begin(statementOver, end.signal, onEnd);
    } catch (error) {
      onEnd();
      throw end.signal.aborted ? (end.signal.reason as ServiceError) : readFailure(error);
    }
  }

  /** Exports that have not ended soon after are broken off: otherwise the process would have to end in the middle of them. */
  onModuleDestroy(): void {
    this.isStopping = true;
    const abort = () => this.ends.forEach((end) => end.abort(refusal('This instance is shutting down')));
    setTimeout(abort, STOP_WITHIN_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  /** Takes a place among the exports that run. */
  private take(
    gone: AbortSignal,
    tenant: string | undefined,
  ): { readonly end: AbortController; readonly onEnd: (error?: Error) => void } {
    const end = new AbortController();
    const { seconds } = this.settings;
    const timer = setTimeout(() => end.abort(tooLong(seconds)), seconds * 1_000);
    const onGone = () => end.abort(GONE);
    gone.addEventListener('abort', onGone);
    if (gone.aborted) onGone();
    this.ends.add(end);
    // Until its place is free: a tenant could otherwise take all of them by beginning exports and leaving them.
    addTo(this.runningOf, tenant, 1);
    const onEnd = (error?: Error) => {
      clearTimeout(timer);
      gone.removeEventListener('abort', onGone);
      if (this.ends.delete(end)) addTo(this.runningOf, tenant, -1);
      if (error && !gone.aborted) this.logger.warn({ err: error }, 'an export was broken off');
    };
    return { end, onEnd };
  }

  /** While one ends, because its caller has left or it took too long, a place is about to be free. */
  private noPlace(why: string, status: 429 | 503 = 503): ServiceError {
    const isEnding = Array.from(this.ends).some(({ signal }) => signal.aborted);
    return refusal(why, status, isEnding ? SOON_SECONDS : RETRY_AFTER_SECONDS);
  }

  private async begin(
    statementOver: StatementOver,
    signal: AbortSignal,
    onEnd: (error?: Error) => void,
    isRetry = false,
  ): Promise<ExportCursor> {
    const snapshot = await ExportSnapshot.connect(this.pool);
    const close = () => void snapshot.close();
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
    try {
      await snapshot.begin(statementOver);
      return await ExportCursor.open(snapshot, signal, onEnd);
    } catch (error) {
      await snapshot.close();
      // Another generation became live, and this one was dropped, before the statement had its tables.
      if (sqlState(error) === UNDEFINED_TABLE && !isRetry) return this.begin(statementOver, signal, onEnd, true);
      throw error;
    }
  }
}

const GONE = new ServiceError(400, 'The connection was closed before the export had begun.');

function tooLong(seconds: number): ServiceError {
  return new ServiceError(503, `The export has taken more than ${seconds} seconds: narrow it or try again later.`);
}

function refusal(why: string, status: 429 | 503 = 503, seconds = RETRY_AFTER_SECONDS): ServiceError {
  return new ServiceError(status, `${why}; try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
