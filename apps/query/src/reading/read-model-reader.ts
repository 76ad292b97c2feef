import { Injectable } from '@nestjs/common';
import { generationTables, type GenerationTables } from '#token-read-model/generation-tables.js';
import {
  FEATURE_NOT_SUPPORTED,
  isCancelledForOthers,
  isNotMigrated,
  sqlState,
  UNDEFINED_TABLE,
} from '#service-runtime/postgres/postgres-errors.js';
import { ServiceError, unavailable } from '#service-runtime/service-error.js';
import { notMigrated, readFailure } from './read-failure.js';
import { ReadPools } from './read-pools.js';
import { reading, type Reading, type Row } from './reading.js';
import { LIVE_GENERATION_SQL, unreadable, type LiveGeneration } from './readable.js';
import { SHORT, type ReadStatement, type WantedDocuments } from './snapshot.sql.js';

/** How much a caller can take: so many documents, and so many bytes of them. */
export interface ReadBounds {
  readonly rows: number;
  readonly bytes: number;
}

export type StatementOver = (tables: GenerationTables, wanted: WantedDocuments) => ReadStatement;

/** Another generation can become live between two attempts, hardly ever twice. A replica that catches up may cancel several. */
const ATTEMPTS = 4;
/** While a page is made it is in memory as texts and as the bytes that go out. */
const COPIES = 2;
/** How much a page may grow between two statements. */
const ROOM_TO_GROW = 1.1;

/**
 * Runs statements against the live generation. Each is one statement and so one snapshot: documents, count, position and
 * what is live agree. A statement that finds its generation no longer live, or gone, is run again on the one that is, and
 * so is one that a replica has cancelled.
 * Memory for the rows is held before they are read; how many bytes they have is known before they are sent.
 */
@Injectable()
export class ReadModelReader {
  private generation: number | undefined;

  constructor(private readonly pools: ReadPools) {}

  async read(statementOver: StatementOver, bounds: ReadBounds): Promise<Reading> {
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const generation = (this.generation ??= await this.liveGeneration());
        const reading = await this.readFrom(generationTables(generation), statementOver, bounds);
        if (reading) return reading;
        this.generation = undefined;
      }
    } catch (error) {
      throw readFailure(error);
    }
    throw unavailable('list of tokens');
  }

  /** @throws when the database does not answer or holds no read model */
  async liveGeneration(): Promise<number> {
    const { prepared, queues } = this.pools;
    const { rows } = await queues.plain
      .run(0, () => prepared.query<LiveGeneration>(LIVE_GENERATION_SQL))
      .catch((error: unknown) => {
        throw isNotMigrated(error) ? notMigrated(error) : error;
      });
    if (!rows[0]) throw notMigrated();
    const problem = unreadable(rows[0]);
    if (problem) throw new ServiceError(503, problem);
    return rows[0].generation;
  }

  /** undefined: the generation is not live, or gone, or the statement was cancelled for others. */
  private async readFrom(
    tables: GenerationTables,
    statementOver: StatementOver,
    { rows, bytes: most }: ReadBounds,
  ): Promise<Reading | undefined> {
    const each = Math.min(SHORT.bytes, Math.floor(most / rows));
    let found = await this.run(statementOver(tables, { as: 'short', bytes: each }), each * rows);
    // Now it is known how many bytes the page has, so memory for them is reserved. Meanwhile the page may have grown beyond it.
    for (let attempt = 1; found && !found.documents && found.bytes <= most && attempt <= ATTEMPTS; attempt += 1) {
      found.held.release();
      const bytes = Math.min(most, Math.ceil(found.bytes * ROOM_TO_GROW));
      found = await this.run(statementOver(tables, { as: 'sized', bytes }), bytes);
    }
    return found;
  }

  /** undefined: the generation is not live, or gone, or the statement was cancelled for others. */
  private async run(statement: ReadStatement, bytes: number, isRetry = false): Promise<Reading | undefined> {
    try {
      const { prepared, planned, queues } = this.pools;
      const [pool, queue] = statement.name === undefined ? [planned, queues.search] : [prepared, queues.plain];
      return await queue.run(bytes * COPIES, async (held) => {
        const { rows } = await pool.query<Row>({ ...statement, rowMode: 'array' });
        return reading(rows, held);
      });
    } catch (error) {
      if (sqlState(error) === UNDEFINED_TABLE) return undefined;
      if (isCancelledForOthers(error)) return undefined;
      // "cached plan must not change result type": the connection has forgotten the plan by now.
      if (sqlState(error) === FEATURE_NOT_SUPPORTED && !isRetry) return this.run(statement, bytes, true);
      throw error;
    }
  }
}
