import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createIndexesSql, createTablesSql, dropTablesSql } from '#projection/table-template.js';
import { applyBatch } from '#projection/run/apply-batch.js';
import { applyEvents } from '#projection/run/apply-events.js';
import { proceed } from '#projection/run/deferred-worker.js';
import { inheritLineage } from '#projection/store/change-places.js';
import { takeOver } from '#projection/rebuild/continue-lineage.js';
import { countDeferred } from '#projection/store/deferred-work.js';
import { positionOf } from '#projection/store/position.js';
import { fenced } from '#projection/store/transaction.js';
import type { StreamMessage } from '#projection/stream/stream-message.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { DomainEvent } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { tokenProjection } from '#token-read-model/token-projection.js';
import { EVERYTHING, type Scope } from '../../apps/query/src/auth/scope.js';
import { ChangesReader } from '../../apps/query/src/list-changes/changes-reader.js';
import { ListChangesHandler } from '../../apps/query/src/list-changes/list-changes.handler.js';
import { ListChangesQuery } from '../../apps/query/src/list-changes/list-changes.query.js';
import { ListChangesRequest } from '../../apps/query/src/list-changes/list-changes.request.js';
import { ChangePulse } from '../../apps/query/src/reading/change-pulse.js';
import { Pulse } from '../../apps/query/src/reading/pulse.js';
import { ReadModelReader } from '../../apps/query/src/reading/read-model-reader.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { SigningKey } from '../../apps/query/src/reading/signing-key.js';
import { applyChanges, type ChangesAnswer } from '../query/mirror.js';
import { ReadModelUnderTest, streamMessage, type Writer } from './read-model-under-test.js';

const ANY_SIZE = {
  bytes: 16_777_216,
  refuse: ({ bytes }: { bytes: number }) => new ServiceError(413, `${bytes} bytes`),
};
/** More members than one are swept after the batch. */
const PROJECTION = tokenProjection(1, 3);

/** A copy of what a caller sees, and how far it has read. */
export interface Mirror {
  readonly scope: Scope;
  readonly tokens: Map<number, TokenDocument>;
  after: string | undefined;
}

/** A read model, generation by generation, whose changes mirrors follow. */
export class FollowedModel {
  private constructor(
    readonly model: ReadModelUnderTest,
    private readonly pools: ReadPools,
    private readonly changes: ListChangesHandler,
  ) {}

  static async open(databaseUrl: string): Promise<FollowedModel> {
    const pools = new ReadPools(databaseUrl, pino({ level: 'silent' }));
    const reader = new ReadModelReader(pools, new Pulse(pools), new SigningKey());
    const model = await ReadModelUnderTest.open(databaseUrl, PROJECTION);
    const pulse = new ChangePulse(pools, new Registry());
    return new FollowedModel(model, pools, new ListChangesHandler(new ChangesReader(reader, pulse), pulse));
  }

  async close(): Promise<void> {
    await this.model.close();
    await this.pools.close();
  }

  mirror(customerIds?: readonly number[]): Mirror {
    const scope: Scope = customerIds ? { kind: 'customers', customerIds } : EVERYTHING;
    return { scope, tokens: new Map(), after: undefined };
  }

  /** @returns how many changes there were */
  async follow(mirror: Mirror, limit: number): Promise<number> {
    const request = Object.assign(new ListChangesRequest(), { limit, after: mirror.after });
    const page = await this.changes.execute(new ListChangesQuery(request, mirror.scope, ANY_SIZE, undefined));
    page.held.release();
    const { data, after } = JSON.parse(page.json.toString()) as ChangesAnswer;
    applyChanges(mirror.tokens, data);
    mirror.after = after;
    return data.length;
  }

  /** To the end of what may be read now. */
  async catchUp(mirror: Mirror, limit = 1_000): Promise<void> {
    while ((await this.follow(mirror, limit)) > 0);
  }

  /** What the tables hold of what a mirror may see, by the ids of the tokens. */
  async shownTo({ scope }: Mirror): Promise<Map<number, TokenDocument>> {
    const { client, position } = this.writer;
    const { rows } = await client.query<{ document: string }>(`select document from token_${position.generation}`);
    const tokens = rows.map(({ document }) => JSON.parse(document) as TokenDocument);
    const seen = tokens.filter(({ customerId }) => scope.kind === 'all' || scope.customerIds.includes(customerId));
    return new Map(seen.map((token) => [token.id, token]));
  }

  private get writer(): Writer {
    return this.model.writing;
  }

  /** As a replay of dead letters does. */
  async replay(events: readonly DomainEvent[]): Promise<void> {
    const { client, lease, position } = this.writer;
    await fenced(client, lease, () => applyEvents(client, PROJECTION, position, events));
  }

  async sweepAll(): Promise<void> {
    await this.sweep(this.writer, Infinity);
  }

  /**
   * Makes the next generation from the same messages and letters, in other batches, and makes it live as a proved rebuild does.
   * @param beforeSwitch what it reads after it has taken over the places of the live one
   */
  async rebuild(
    batches: readonly (readonly StreamMessage[])[],
    letters: readonly DomainEvent[],
    beforeSwitch: readonly StreamMessage[] = [],
  ): Promise<void> {
    const { client, lease, position: live } = this.writer;
    const number = live.generation + 1;
    await client.query(`${dropTablesSql(PROJECTION, number)}; ${createTablesSql(PROJECTION, number)};
      ${createIndexesSql(PROJECTION, number).join('; ')};
      insert into generation (number, state, schema_version, stream, stream_created) values (${number}, 'building', ${SCHEMA_VERSION}, 'TEST', 'x')`);
    const next: Writer = { client, lease, position: await positionOf(client, number) };
    for (const batch of batches) next.position = (await applyBatch(this.target(next), batch)).position;
    await this.sweep(next, Infinity);
    await fenced(client, lease, () => applyEvents(client, PROJECTION, { generation: number, sequence: 0 }, letters));
    await this.sweep(next, Infinity);
    await this.sweep(this.writer, Infinity);
    const way = { from: live.generation, to: number };
    const since = await fenced(client, lease, () => takeOver(client, PROJECTION.changes!, way));
    if (beforeSwitch.length > 0) next.position = (await applyBatch(this.target(next), beforeSwitch)).position;
    await fenced(client, lease, async () => {
      await PROJECTION.changes!.carryOver(client, way, since);
      await inheritLineage(client, live.generation, number);
      await client.query(`update generation set state = 'previous' where number = ${live.generation}`);
      await client.query(`update generation set state = 'live' where number = ${number}`);
    });
    this.writer.position = next.position;
  }

  private async sweep(writer: Writer, parts: number): Promise<void> {
    const { client, position } = writer;
    for (let part = 0; part < parts && (await countDeferred(client, position.generation)) > 0; part += 1)
      await proceed(this.target(writer), 2);
  }

  private target({ client, position }: Writer) {
    return { client, position, projection: PROJECTION, fence: () => Promise.resolve() };
  }
}

export function messagesOf(events: readonly DomainEvent[], first = 1): StreamMessage[] {
  return events.map((event, i) => {
    const cloudEvent = { specversion: '1.0', id: event.eventId, source: '/test', ...event };
    return streamMessage(Buffer.from(JSON.stringify(cloudEvent)), first + i);
  });
}
