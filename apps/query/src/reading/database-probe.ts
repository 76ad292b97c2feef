import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { awayBecause, isDatabaseAway, refusedLogin } from '#service-runtime/postgres/pool.js';
import {
  INSUFFICIENT_PRIVILEGE,
  isCancelledForOthers,
  sqlState,
  UNDEFINED_COLUMN,
  UNDEFINED_TABLE,
} from '#service-runtime/postgres/postgres-errors.js';
import { PoolerInTransactionMode } from '#service-runtime/postgres/session.js';
import type { SigningKey } from './signing-key.js';
import { hasKey, LIVE_GENERATION_SQL, unreadable, type LiveGeneration } from './readable.js';

const INTERVAL_MS = 1_000;
const NO_READ_MODEL = 'holds no read model yet: run the migrations';
const NO_KEY = 'has no row in the table reader_key: put it back from a backup, or insert one as migration 0009 does';
const NOT_MIGRATED = 'is not migrated to this release yet: run the migrations';

/** Reads the live generation once a second, so that readiness can say whether requests can be answered. */
export class DatabaseProbe implements OnModuleInit, OnModuleDestroy {
  private current: string | undefined = 'has not answered yet';
  private timer: NodeJS.Timeout | undefined;
  private isProbing = false;

  constructor(
    private readonly pool: Pool,
    private readonly key: SigningKey,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.probe(), INTERVAL_MS);
    void this.probe();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** undefined while the database answers and holds a read model. */
  get problem(): string | undefined {
    return this.current;
  }

  private async probe(): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    const before = this.current;
    try {
      const { rows } = await this.pool.query<LiveGeneration>(LIVE_GENERATION_SQL);
      this.key.current = rows[0]?.reader_key ?? undefined;
      this.current = rows[0] ? (unusable(rows[0]) ?? (await this.forbidden(rows[0]))) : NO_READ_MODEL;
    } catch (error) {
      // This error says nothing about the next statement.
      if (!isCancelledForOthers(error)) this.current = problemOf(error);
    } finally {
      this.isProbing = false;
      if (this.current !== before) this.log(this.current);
    }
  }

  private log(problem: string | undefined): void {
    if (problem === undefined) this.logger.info('the database can be read');
    else this.logger.error({ database: problem }, 'the database cannot be read');
  }

  /**
   * The projector creates the tables of each generation, so rights on other tables say nothing about these. A missing table does not
   * matter.
   */
  private async forbidden({ generation }: LiveGeneration): Promise<string | undefined> {
    const { generation: _, tokenErasure: __, ...read } = generationTables(generation);
    const { rows } = await this.pool.query<{ name: string }>(
      "select name from unnest($1::text[]) as name where not has_table_privilege(to_regclass(name), 'select')",
      [Object.values(read)],
    );
    return (
      rows[0] && `may not be read by this role: no right to select from ${rows.map(({ name }) => name).join(', ')}`
    );
  }
}

function unusable(row: LiveGeneration): string | undefined {
  return hasKey(row) ? unreadable(row) : NO_KEY;
}

function problemOf(error: unknown): string {
  if (error instanceof PoolerInTransactionMode) return error.message;
  const refused = refusedLogin(error);
  if (refused !== undefined) return refused;
  if (isDatabaseAway(error)) return `is not reachable (${awayBecause(error)})`;
  const said = error instanceof Error ? error.message : String(error);
  const code = sqlState(error);
  if (code === UNDEFINED_TABLE) return NO_READ_MODEL;
  if (code === UNDEFINED_COLUMN) return NOT_MIGRATED;
  return code === INSUFFICIENT_PRIVILEGE ? `may not be read by this role: ${said}` : `cannot be read: ${said}`;
}
