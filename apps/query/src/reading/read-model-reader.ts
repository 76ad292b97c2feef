import { Injectable } from '@nestjs/common';
import { generationTables } from '#token-read-model/generation-tables.js';
import {
  FEATURE_NOT_SUPPORTED,
  isCancelledForOthers,
  isNotMigrated,
  sqlState,
  UNDEFINED_TABLE,
} from '#service-runtime/postgres/postgres-errors.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { HeldMemory } from './answer-memory.js';
import { before } from './before.js';
import { notReached } from './not-reached.js';
import { Pulse } from './pulse.js';
import { NO_ATTEMPT_LEFT, notMigrated, readFailure, tookTooLong } from './read-failure.js';
import { queryPrepared } from './query-prepared.js';
import type { ReadBounds } from './read-bounds.js';
import { ReadPools } from './read-pools.js';
import { hasReached, isOfAnotherStream, reading, type Reading, type Row } from './reading.js';
import {
  hasKey,
  lacking,
  LIVE_GENERATION_SQL,
  unreadable,
  type KeyedGeneration,
  type Live,
  type LiveGeneration,
} from './readable.js';
import { SigningKey } from './signing-key.js';
import { SHORT, type ReadStatement, type StatementOver, type WantedDocuments } from './snapshot.sql.js';

/** Another generation can become live between two attempts, rarely twice. A replica that catches up may cancel several attempts. */
const ATTEMPTS = 4;
/** While a page is built, memory holds it twice: as texts and as the bytes to send. */
const COPIES = 2;
/** How much a page may grow between two statements. */
const GROWTH = 1.1;
/** How long a request waits for the position that it wants. */
export const REACHED_WITHIN_MS = 2_000;

/**
 * Runs statements against the live generation. Each is one statement and so one snapshot: documents, count, position and live generation
 * agree. If a statement finds that its generation is no longer live, or gone, it runs again on the one that is live. It also runs again if
 * a replica cancelled it. The reader reserves memory for the rows before it reads them, and knows their size before it sends them.
 */
@Injectable()
export class ReadModelReader {
  private live: Live | undefined;

  constructor(
    private readonly pools: ReadPools,
    private readonly pulse: Pulse,
    private readonly signingKey: SigningKey,
  ) {}

  /**
   * @param minPosition the answer must hold the events up to this position at least; any state will do where it is left out
   * @throws {ServiceError} 503 when the read model does not reach that position within two seconds, or never will
   */
  async read(statementOver: StatementOver, bounds: ReadBounds, minPosition?: bigint): Promise<Reading> {
    if (minPosition === undefined) return this.readNow(statementOver, bounds);
    const startedAt = performance.now();
    const until = startedAt + REACHED_WITHIN_MS;
    for (;;) {
      const since = performance.now();
      const work = this.readNow(statementOver, bounds);
      const found = await before(until, work, tookTooLong, ({ held }) => held.release());
      if (hasReached(found.state, minPosition)) return found;
      found.held.release();
      const known = { state: found.state, since };
      const seen = isOfAnotherStream(found.state) ? known : await this.pulse.whenAt(minPosition, known, until);
      if (!hasReached(seen.state, minPosition)) throw notReached(seen.state, minPosition, seen.since - startedAt);
    }
  }

  private async readNow(statementOver: StatementOver, bounds: ReadBounds): Promise<Reading> {
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const live = (this.live ??= await this.liveGeneration());
        const reading = await this.readFrom(live, statementOver, bounds);
        if (reading) return reading;
        this.live = undefined;
      }
    } catch (error) {
      throw readFailure(error);
    }
    throw NO_ATTEMPT_LEFT;
  }

  /** The key to sign with what callers get and send back. @throws {ServiceError} when the database does not answer */
  async key(): Promise<Buffer> {
    try {
      return (this.signingKey.current ??= (await this.liveRow()).reader_key);
    } catch (error) {
      throw readFailure(error);
    }
  }

  private async liveGeneration(): Promise<Live> {
    const row = await this.liveRow();
    return { tables: generationTables(row.generation), schemaVersion: row.schema_version };
  }

  /** @throws when the database does not answer, holds no read model, or one that this release cannot read */
  private async liveRow(): Promise<KeyedGeneration> {
    const row = await this.findLiveRow();
    if (!row || !hasKey(row)) throw notMigrated();
    const problem = unreadable(row);
    if (problem !== undefined) throw new ServiceError(503, problem);
    return row;
  }

  private async findLiveRow(): Promise<LiveGeneration | undefined> {
    const { prepared, queues } = this.pools;
    for (let attempt = 1; ; attempt += 1)
      try {
        const { rows } = await queues.plain.run(0, () => prepared.query<LiveGeneration>(LIVE_GENERATION_SQL));
        return rows[0];
      } catch (error) {
        if (isCancelledForOthers(error) && attempt < ATTEMPTS) continue;
        throw isNotMigrated(error) ? notMigrated(error) : error;
      }
  }

  /** undefined: the generation is not live, or gone, or the server cancelled the statement to end a conflict. */
  private async readFrom(
    live: Live,
    statementOver: StatementOver,
    { rows, bytes: most, tenant }: ReadBounds,
  ): Promise<Reading | undefined> {
    const each = Math.min(SHORT.bytes, Math.floor(most / rows));
    const statement = (wanted: WantedDocuments) => statementOver(live.tables, wanted, live.schemaVersion);
    const short = statement({ as: 'short', bytes: each });
    if (await this.isMoreThanHad(short, live)) return undefined;
    let found = await this.run(short, { bytes: each * rows, tenant });
    // Here the size of the page is known, so memory for it can be reserved. The page may have grown since.
    for (let attempt = 1; found && !found.documents && found.bytes <= most && attempt <= ATTEMPTS; attempt += 1) {
      found.held.release();
      const bytes = Math.min(most, Math.ceil(found.bytes * GROWTH));
      found = await this.run(statement({ as: 'sized', bytes }), { bytes, tenant });
    }
    return found;
  }

  /**
   * Whether another generation has to be asked, one that has what the statement needs.
   * @throws {ServiceError} 503 while the live generation does not have it
   */
  private async isMoreThanHad({ needs }: ReadStatement, { tables, schemaVersion }: Live): Promise<boolean> {
    if (!lacking(needs, schemaVersion)) return false;
    const now = await this.liveGeneration();
    if (now.tables.generation !== tables.generation) return true;
    throw new ServiceError(503, lacking(needs, now.schemaVersion)!);
  }

  /** undefined: the generation is not live, or gone, or the server cancelled the statement to end a conflict. */
  private async run(
    statement: ReadStatement,
    bounds: Omit<ReadBounds, 'rows'>,
    isRetry = false,
  ): Promise<Reading | undefined> {
    try {
      const { queues, tracing } = this.pools;
      const { bytes, tenant } = bounds;
      const { needs: _needs, pool: _pool, firstQueue, ...query } = statement;
      const [pool, queue] = this.pools.wayOf(statement);
      const memory = bytes * COPIES;
      const read = async (held: HeldMemory) => {
        const run = () => queryPrepared<Row>(pool, { ...query, rowMode: 'array' });
        const { rows } = await tracing.read(query.name ?? 'search', run);
        return reading(rows, held);
      };
      if (!firstQueue) return await queue.run(memory, read, tenant);
      // Who waits for memory must not keep a place of these few.
      return await queues[firstQueue].run(memory, (held) => queue.run(0, () => read(held), tenant), tenant);
    } catch (error) {
      if (sqlState(error) === UNDEFINED_TABLE) return undefined;
      if (isCancelledForOthers(error)) return undefined;
      // "cached plan must not change result type": after this error the connection has dropped the plan.
      if (sqlState(error) === FEATURE_NOT_SUPPORTED && !isRetry) return this.run(statement, bounds, true);
      throw error;
    }
  }
}
