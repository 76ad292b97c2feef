import type pg from 'pg';
import { applyBatch, type BatchOutcome } from '#projection/run/apply-batch.js';
import { acquireLease, renewLease, type Lease } from '#projection/store/lease.js';
import { readPosition } from '#projection/store/position.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import type { Position } from '#projection/stream/position.js';
import { createIndexesSql, createTablesSql, dropTablesSql } from '#projection/table-template.js';
import type { ChargerEvent } from './charger-events.js';
import { CHARGER_PROJECTION } from './charger-projection.js';
import { readTables, type ChargerTables } from './charger-tables.js';

/** The chargers' tables over a real database, without a stream between: batches are handed in directly. */
export class ChargerModel {
  private constructor(
    private readonly client: pg.Client,
    private readonly lease: Lease,
    private position: Position,
  ) {}

  static async open(databaseUrl: string): Promise<ChargerModel> {
    const client = await connectWriter(databaseUrl, 10_000);
    const lease = await acquireLease(client, CHARGER_PROJECTION, 'test');
    return new ChargerModel(client, lease!, await readPosition(client, CHARGER_PROJECTION));
  }

  close(): Promise<void> {
    return disconnectWriter(this.client);
  }

  /** Back to nothing applied. */
  async reset(): Promise<void> {
    const { client, position } = this;
    const { generation } = position;
    const made = [createTablesSql(CHARGER_PROJECTION, generation), ...createIndexesSql(CHARGER_PROJECTION, generation)];
    await client.query(`${dropTablesSql(CHARGER_PROJECTION, generation)}; ${made.join('; ')}`);
    await client.query(
      `update generation set position = 0, stream = 'TEST', stream_created = 'x' where number = ${generation}`,
    );
    this.position = await readPosition(client, CHARGER_PROJECTION);
  }

  async apply(events: readonly ChargerEvent[]): Promise<BatchOutcome> {
    const { client, lease, position } = this;
    const messages = events.map((event, index) => ({
      sequence: position.sequence + 1 + index,
      subject: 'chargers.events.test',
      headers: [],
      payload: Buffer.from(JSON.stringify(event)),
      decoded: { kind: 'event' as const, event },
      storedAtNanos: 0n,
    }));
    const fence = (fenced: pg.Client) => renewLease(fenced, lease);
    const outcome = await applyBatch({ projection: CHARGER_PROJECTION, client, position, fence }, messages);
    this.position = outcome.position;
    return outcome;
  }

  async applyAll(batches: readonly (readonly ChargerEvent[])[]): Promise<void> {
    await this.reset();
    for (const batch of batches) await this.apply(batch);
  }

  tables(): Promise<ChargerTables> {
    const { client, position } = this;
    return readTables(async (text) => (await client.query(text)).rows as never[], position.generation);
  }
}
