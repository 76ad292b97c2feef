import { type Position } from '#projection/stream/position.js';
import { decode } from '#token-contract/decode.js';
import type pg from 'pg';
import { pino } from 'pino';
import type { DomainEvent } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import {
  comparedSql,
  createIndexesSql,
  createTablesSql,
  dropTablesSql,
  tableName,
} from '#projection/table-template.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { readPosition } from '#projection/store/position.js';
import type { StreamMessage } from '#projection/stream/stream-message.js';
import { acquireLease, renewLease, type Lease } from '#projection/store/lease.js';
import { connectWriter } from '#projection/store/writer-client.js';
import { applyBatch, type BatchOutcome } from '#projection/run/apply-batch.js';
import type { BatchTarget } from '#projection/run/batch-target.js';
import { proceed } from '#projection/run/deferred-worker.js';
import { countDeferred } from '#projection/store/deferred-work.js';
import { tokenProjection } from '#token-read-model/token-projection.js';
import { crashing, type CrashPoint } from './crashing-client.js';
import { EVERYTHING, type Scope } from '../../apps/query/src/auth/scope.js';
import { ListParts } from '../oracle/list-parts.js';
import { ListTokensQuery } from '../../apps/query/src/list-tokens/list-tokens.query.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { AnswerLimit } from '../../apps/query/src/reading/answer-limits.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';

const { generation: _, ...tables } = generationTables(1);
const ANY_SIZE: AnswerLimit = {
  bytes: 16_777_216,
  refuse: ({ bytes }) => new ServiceError(413, `${bytes} bytes`),
};

/** The projection and the list handler over one real database, without a stream between: batches are handed in directly. */
export class ReadModelUnderTest {
  private constructor(
    private readonly databaseUrl: string,
    private readonly pools: ReadPools,
    private writer: Writer,
    private readonly projection: ReturnType<typeof tokenProjection>,
  ) {}

  static async open(databaseUrl: string, projection = tokenProjection()): Promise<ReadModelUnderTest> {
    const pools = new ReadPools(databaseUrl, pino({ level: 'silent' }));
    return new ReadModelUnderTest(databaseUrl, pools, await beginWriting(databaseUrl), projection);
  }

  private get client(): pg.Client {
    return this.writer.client;
  }

  /** Stream sequence up to which the writer has read. */
  get sequence(): number {
    return this.writer.position.sequence;
  }

  /** Throws the writer away, and lets a new one take the lease and begin at the stored position. */
  async beginAgain(): Promise<void> {
    await this.client.end();
    this.writer = await beginWriting(this.databaseUrl);
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.pools.close();
  }

  /** The same writer as it is now, which will not notice how the position moves on. */
  withOldPosition(): ReadModelUnderTest {
    return new ReadModelUnderTest(this.databaseUrl, this.pools, { ...this.writer }, this.projection);
  }

  /** Back to nothing applied. */
  async reset(): Promise<void> {
    await this.client.query(
      `${dropTablesSql(this.projection, 1)}; ${createTablesSql(this.projection, 1)}; ${createIndexesSql(this.projection, 1).join('; ')}`,
    );
    await this.client.query(
      `delete from generation where number > 1;
      update generation set state = 'live', position = 0, complete_to = null, turns = 0, stream = 'TEST', stream_created = 'x', position_fingerprint = null`,
    );
    await this.client.query('truncate dead_letter, deferred_work');
    this.writer.position = await readPosition(this.client, this.projection);
  }

  async apply(events: readonly DomainEvent[]): Promise<BatchOutcome> {
    return this.applyMessages(
      events.map((event) =>
        Buffer.from(JSON.stringify({ specversion: '1.0', id: event.eventId, source: '/test', ...event })),
      ),
    );
  }

  async applyMessages(payloads: readonly Uint8Array[]): Promise<BatchOutcome> {
    return this.deliver(payloads.map((payload, index) => streamMessage(payload, this.sequence + 1 + index)));
  }

  /** @param crashAt where the writer dies on the way; it can only be thrown away then */
  async deliver(messages: readonly StreamMessage[], crashAt?: CrashPoint): Promise<BatchOutcome> {
    const outcome = await applyBatch(this.target(crashAt), messages);
    this.writer.position = outcome.position;
    return outcome;
  }

  /** What writes, for tests that write out of the order of the stream. */
  get writing(): Writer {
    return this.writer;
  }

  /** Whether members of deleted groups are still to be changed. */
  async isSweeping(): Promise<boolean> {
    return (await countDeferred(this.client, 1)) > 0;
  }

  /** Changes so many of them. @param crashAt as of {@link deliver} */
  async sweep(members: number, crashAt?: CrashPoint): Promise<void> {
    await proceed(this.target(crashAt), members);
  }

  async sweepAll(members: number): Promise<void> {
    while (await this.isSweeping()) await this.sweep(members);
  }

  private target(crashAt?: CrashPoint): BatchTarget {
    const { client, lease, position } = this.writer;
    return {
      client: crashAt === undefined ? client : crashing(client, crashAt),
      position,
      fence: (fenced) => renewLease(fenced, lease),
      projection: this.projection,
    };
  }

  async list(request: Partial<ListTokensRequest>, scope: Scope = EVERYTHING): Promise<TokenList> {
    const { position: _, ...list } = await this.answer(request, scope);
    return list;
  }

  /** A list, and the position it claims. */
  async answer(
    request: Partial<ListTokensRequest>,
    scope: Scope = EVERYTHING,
  ): Promise<TokenList & { position: number }> {
    const { handler } = ListParts.over(this.pools);
    const complete = Object.assign(new ListTokensRequest(), request);
    const { json, state, held } = await handler.execute(new ListTokensQuery(complete, scope, ANY_SIZE, undefined));
    held.release();
    return { ...(JSON.parse(json.toString()) as TokenList), position: Number(state.position) };
  }

  /** Every table but the position, as a proof compares them, spelled out: equal texts mean equal read models. */
  async everything(): Promise<Record<string, unknown[]>> {
    const content: Record<string, unknown[]> = {};
    for (const template of this.projection.tables) {
      if ('isOfThePast' in template) continue;
      const { rows } = await this.client.query<{ row: string }>(
        `select ${comparedSql(template)} as row from ${tableName(template, 1)} t order by 1`,
      );
      content[template.name] = rows.map(({ row }) => row);
    }
    const { rows } = await this.client.query<{ row: string }>(
      `select c::text as row from ${tables.tokenCount} c where tokens <> 0 order by 1`,
    );
    content['tokenCount'] = rows.map(({ row }) => row);
    return content;
  }

  /** Sequences of the parked messages. */
  async deadLetters(): Promise<number[]> {
    const { rows } = await this.client.query<{ sequence: string }>('select sequence from dead_letter order by id');
    return rows.map(({ sequence }) => Number(sequence));
  }

  /** Rows of the count table that differ from counting the tokens one by one. */
  async wrongCounts(): Promise<unknown[]> {
    const { rows } = await this.client.query<Record<string, string>>(`
      with counted as (
        select customer_id, facet, count(*) as tokens from ${tables.token} group by 1, 2
        union all select 0, facet, count(*) from ${tables.token} group by facet
      )
      select * from counted full join (select * from ${tables.tokenCount} where tokens <> 0) kept using (customer_id, facet)
      where counted.tokens is distinct from kept.tokens`);
    return rows;
  }
}

interface TokenList {
  readonly data: TokenDocument[];
  readonly count: number;
}

export interface Writer {
  readonly client: pg.Client;
  readonly lease: Lease;
  position: Position;
}

/** Takes the lease from its holder. A predecessor's transaction may be about to be rolled back still. */
async function beginWriting(databaseUrl: string): Promise<Writer> {
  const client = await connectWriter(databaseUrl, 10_000);
  await client.query(`update projector_lease set expires_at = '-infinity'`);
  const lease = await acquireLease(client, tokenProjection(), 'test');
  return { client, lease: lease!, position: await readPosition(client, tokenProjection()) };
}

export function streamMessage(payload: Uint8Array, sequence: number): StreamMessage {
  return {
    sequence,
    subject: 'tokens.events.test',
    headers: [],
    payload,
    decoded: decode(payload),
    storedAtNanos: 0n,
  };
}
