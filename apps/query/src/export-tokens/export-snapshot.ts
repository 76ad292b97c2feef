import type pg from 'pg';
import { generationTables } from '#token-read-model/generation-tables.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { within } from '#service-runtime/waiting.js';
import { notMigrated } from '../reading/read-failure.js';
import { LIVE_GENERATION_SQL, lacking, unreadable, type LiveGeneration } from '../reading/readable.js';
import type { Row } from '../reading/reading.js';
import { STREAMED, type StatementOver } from '../reading/snapshot.sql.js';

/** A database that has not cancelled a statement within this time does not answer. */
const CANCELLED_WITHIN_MS = 1_000;

/**
 * One statement's rows, from one snapshot of the database: a cursor in a transaction of its own. A switch of generations does not concern
 * it, and nobody can drop the tables that it reads before it is closed.
 */
export class ExportSnapshot {
  private generation = 0;
  private process = 0;
  private running: Promise<unknown> | undefined;
  private closed: Promise<void> | undefined;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly client: pg.PoolClient,
  ) {}

  /** @throws when the database does not answer */
  static async connect(pool: pg.Pool): Promise<ExportSnapshot> {
    return new ExportSnapshot(pool, await pool.connect());
  }

  /** @throws when the database does not answer or holds no read model */
  async begin(statementOver: StatementOver): Promise<void> {
    await this.query('begin isolation level repeatable read, read only');
    const [session] = await this.query<LiveGeneration & { readonly process: number }>(LIVE_SESSION_SQL);
    if (!session) throw notMigrated();
    const problem = unreadable(session);
    if (problem) throw new ServiceError(503, problem);
    ({ generation: this.generation, process: this.process } = session);
    const { schema_version: version } = session;
    const { text, values, needs } = statementOver(generationTables(this.generation), STREAMED, version);
    const missing = lacking(needs, version);
    if (missing !== undefined) throw new ServiceError(503, missing);
    await this.query(`declare export no scroll cursor for ${text}`, values);
  }

  /** The next rows; fewer than asked for at the end. */
  next(rows: number): Promise<Row[]> {
    return this.query<Row>(`fetch ${rows} from export`, [], 'array');
  }

  async document(id: string): Promise<string> {
    const { token } = generationTables(this.generation);
    const [row] = await this.query<{ document: string }>(`select document from ${token} where id = $1`, [id]);
    return row!.document;
  }

  /** Cancels the statement that still runs, and gives the connection back. May be called more than once. */
  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  private async query<R extends object>(text: string, values: unknown[] = [], rowMode?: 'array'): Promise<R[]> {
    if (this.closed) throw new Error('the export is over');
    const running = this.client.query<R>({ text, values, ...(rowMode ? { rowMode } : {}) } as pg.QueryConfig);
    this.running = running;
    try {
      return (await running).rows;
    } finally {
      this.running = undefined;
    }
  }

  private async end(): Promise<void> {
    let isOver = false;
    const { running, process } = this;
    if (running && process > 0) {
      const cancelled = this.pool.query('select pg_cancel_backend($1)', [process]).then(() => running);
      await within(CANCELLED_WITHIN_MS, cancelled);
    }
    const rolledBack = this.client.query('rollback').then(() => (isOver = true));
    await within(CANCELLED_WITHIN_MS, rolledBack);
    this.client.release(!isOver);
  }
}

const LIVE_SESSION_SQL = `select live.*, pg_backend_pid() as process from (${LIVE_GENERATION_SQL}) live`;
