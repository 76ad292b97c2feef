import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import { isDatabaseAway } from '#read-model/pool.js';
import {
  FEATURE_NOT_SUPPORTED,
  INSUFFICIENT_PRIVILEGE,
  QUERY_CANCELED,
  sqlState,
  UNDEFINED_TABLE,
} from '#read-model/postgres-errors.js';
import { ServiceError, unavailable } from '#service-runtime/service-error.js';
import type { ReadPools } from './read-pools.js';
import { unreadable, type LiveGeneration } from './readable.js';

/**
 * A statement over one generation's tables. With a `name` it is prepared once per connection and planned once, whatever its
 * values; without one it is planned for its values each time.
 */
export interface ReadStatement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

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
  readonly documents: readonly string[];
}

/** First row: "position lag stale count", stale being `-` when it is not. Every further row: a document. No first row of that kind: the generation is not live. */
type Row = [text: string];

/** Another generation can become live between two attempts, hardly ever twice. */
const ATTEMPTS = 4;

/**
 * Runs statements against the live generation. Each is one statement and so one snapshot: documents, count, position and
 * what is live agree. A statement that finds its generation no longer live, or gone, is run again on the one that is.
 */
export class ReadModelReader {
  private generation: number | undefined;

  constructor(private readonly pools: ReadPools) {}

  async read(statementOver: (tables: GenerationTables) => ReadStatement): Promise<Reading> {
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const generation = (this.generation ??= await this.liveGeneration());
        const rows = await this.run(statementOver(generationTables(generation)));
        const head = rows?.[0];
        if (head && !isDocument(head)) return reading(head, rows);
        this.generation = undefined;
      }
    } catch (error) {
      throw failure(error);
    }
    throw unavailable('list of tokens');
  }

  /** @throws when the database cannot be asked or holds no read model */
  async liveGeneration(): Promise<number> {
    const { prepared, turns } = this.pools;
    const { rows } = await turns.plain.take(() =>
      prepared.query<LiveGeneration>(
        "select number as generation, schema_version, readable_since from generation where state = 'live'",
      ),
    );
    if (!rows[0]) throw new Error('the database holds no live generation: run the migrations');
    const problem = unreadable(rows[0]);
    if (problem) throw new ServiceError(503, problem);
    return rows[0].generation;
  }

  /** undefined: the generation is gone. */
  private async run(statement: ReadStatement, isRetry = false): Promise<Row[] | undefined> {
    try {
      const { prepared, planned, turns } = this.pools;
      const [pool, itsTurns] = statement.name === undefined ? [planned, turns.search] : [prepared, turns.plain];
      return (await itsTurns.take(() => pool.query<Row>({ ...statement, rowMode: 'array' }))).rows;
    } catch (error) {
      if (sqlState(error) === UNDEFINED_TABLE) return undefined;
      // "cached plan must not change result type": the connection has forgotten the plan by now.
      if (sqlState(error) === FEATURE_NOT_SUPPORTED && !isRetry) return this.run(statement, true);
      throw error;
    }
  }
}

/** Without the head row, the first row is a document: the page was read from a generation that is not the live one. */
function isDocument([text]: Row): boolean {
  return text.startsWith('{');
}

function reading(head: Row, rows: readonly Row[]): Reading {
  const [position, lagMs, stale, count] = head[0].split(' ') as [string, string, string, string];
  const documents = new Array<string>(rows.length - 1);
  for (let i = 1; i < rows.length; i += 1) documents[i - 1] = rows[i]![0];
  return { state: { position, lagMs, staleBecause: stale === '-' ? undefined : stale }, count, documents };
}

function failure(error: unknown): Error {
  if (isDatabaseAway(error)) return unavailable('database', error);
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
