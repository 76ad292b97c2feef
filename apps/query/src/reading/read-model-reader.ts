import { Injectable } from '@nestjs/common';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import { isDatabaseAway, refusedLogin } from '#read-model/pool.js';
import {
  FEATURE_NOT_SUPPORTED,
  INSUFFICIENT_PRIVILEGE,
  isCancelledForOthers,
  isNotMigrated,
  QUERY_CANCELED,
  sqlState,
  STRANGE_STATEMENT,
  UNDEFINED_TABLE,
} from '#read-model/postgres-errors.js';
import { PoolerInTransactionMode } from '#read-model/session.js';
import { ServiceError, unavailable } from '#service-runtime/service-error.js';
import type { HeldMemory } from './answer-memory.js';
import { ReadPools } from './read-pools.js';
import { LIVE_GENERATION_SQL, unreadable, type LiveGeneration } from './readable.js';
import { SHORT, TOO_LONG, type ReadStatement, type WantedDocuments } from './snapshot.sql.js';

/** Where the read model stood when an answer was read. */
export interface ReadModelState {
  /** Stream sequence of the last event whose effect is in the answer. */
  readonly position: string;
  /** Milliseconds since the read model was last known to hold everything the stream held. */
  readonly lagMs: string;
  /** Set while the read model is not being kept up to date, because its stream was replaced, rewound or purged. */
  readonly staleBecause: string | undefined;
}

export interface Reading {
  readonly state: ReadModelState;
  readonly count: string;
  /** undefined: they have more bytes than the caller can take. */
  readonly documents: readonly string[] | undefined;
  /** Of all documents, each with a comma behind it. */
  readonly bytes: number;
  /** The memory that the rows take. The caller releases it. */
  readonly held: HeldMemory;
}

/** How much a caller can take: so many documents, and so many bytes of them. */
export interface ReadBounds {
  readonly rows: number;
  readonly bytes: number;
}

export type StatementOver = (tables: GenerationTables, wanted: WantedDocuments) => ReadStatement;

/**
 * First row: "position lag stale count" and perhaps the bytes of all documents, stale being `-` when it is not. Every further row: a
 * document, or in its place the mark of one that is too long. No first row of that kind: the generation is not live.
 */
type Row = [text: string];

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
      throw failure(error);
    }
    throw unavailable('list of tokens');
  }

  /** @throws when the database cannot be asked or holds no read model */
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

/** undefined without the head row: the page was read from a generation that is not the live one. */
function reading(rows: readonly Row[], held: HeldMemory): Reading | undefined {
  const head = rows[0]?.[0];
  if (head === undefined || !/^\d/.test(head)) {
    held.release();
    return undefined;
  }
  const [position, lagMs, stale, count, counted] = head.split(' ') as [string, string, string, string, string?];
  const state = { position, lagMs, staleBecause: stale === '-' ? undefined : stale };
  const { documents, bytes, areAll } = documentsOf(rows);
  if (counted !== undefined && Number(counted) > bytes)
    return { state, count, documents: undefined, bytes: Number(counted), held };
  return { state, count, documents: areAll ? documents : undefined, bytes, held };
}

interface Documents {
  readonly documents: readonly string[];
  readonly bytes: number;
  /** Whether none of them is too long. */
  readonly areAll: boolean;
}

function documentsOf(rows: readonly Row[]): Documents {
  const documents = new Array<string>(rows.length - 1);
  let bytes = documents.length;
  let areAll = true;
  for (let i = 1; i < rows.length; i += 1) {
    const [text] = rows[i]!;
    documents[i - 1] = text;
    const isMark = text.startsWith(TOO_LONG);
    areAll &&= !isMark;
    bytes += isMark ? Number(text.slice(TOO_LONG.length)) : Buffer.byteLength(text);
  }
  return { documents, bytes, areAll };
}

/** No session of our own: refused at the start, or a prepared statement that is not there because the pooler has changed its mode since. */
function isPooledAway(error: unknown): boolean {
  return error instanceof PoolerInTransactionMode || STRANGE_STATEMENT.has(sqlState(error) ?? '');
}

function failure(error: unknown): Error {
  if (refusedLogin(error) !== undefined)
    return new ServiceError(503, 'The database refuses the login of this service at the moment; try again later.', {
      cause: error,
    });
  if (isDatabaseAway(error) || isPooledAway(error)) return unavailable('database', error);
  if (isCancelledForOthers(error)) return unavailable('list of tokens', error);
  if (sqlState(error) === INSUFFICIENT_PRIVILEGE) {
    return new ServiceError(
      503,
      'The database does not let this service read the list at the moment; try again later.',
      {
        cause: error,
      },
    );
  }
  if (sqlState(error) === QUERY_CANCELED) {
    return new ServiceError(503, 'The database took too long to answer; narrow the request or try again later.', {
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}

function notMigrated(cause?: unknown): ServiceError {
  const message = 'The database is not ready for this release at the moment; try again later.';
  return new ServiceError(503, message, { cause });
}
