import { jetstreamManager } from '@nats-io/jetstream';
import type { Pool, PoolClient } from 'pg';
import { decode } from '#token-events/decode.js';
import { generationTables } from '#read-model/generation-tables.js';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { findStream, messageAt } from '../consume/stream.js';
import { isParked } from '../dead-letters/park.js';
import type { Leading } from '../lead/leading.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import { hadPredecessor } from './predecessor.js';
import { sampleEvent, type SampleResult } from './sample.js';
import { readStanding } from './standing.js';

const EVERY_MS = 2_000;
/** Messages compared at a time: eighteen thousand an hour, and hardly any load. */
const SAMPLES = 10;

/**
 * Looks after the read model. Every projector tells what the database says of it, the dead letters among that; the one that leads also
 * compares messages picked at random from the stream with what the tables say of them. The first difference shows in the metrics; a verification then tells all of them.
 */
export class Watchman {
  private readonly timer: NodeJS.Timeout;
  private isBusy = false;

  constructor(
    private readonly pool: Pool,
    private readonly link: NatsLink,
    private readonly leading: () => Leading | undefined,
    private readonly metrics: ProjectorMetrics,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => void this.round(), EVERY_MS);
    void this.round();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.end();
  }

  private async round(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const client = await this.lookAtDatabase();
      try {
        const leading = this.leading();
        if (leading && !leading.isHalted && this.link.isUp) await this.sample(client, leading);
      } finally {
        client.release();
      }
    } catch (error) {
      // What keeps us from looking keeps the projector from working too, and it says so.
      this.logger.debug({ err: error }, 'the watchman could not look');
    } finally {
      this.isBusy = false;
    }
  }

  /** @returns the connection, for the sampling; the caller releases it */
  private async lookAtDatabase(): Promise<PoolClient> {
    let client: PoolClient | undefined;
    try {
      client = await this.pool.connect();
      const standing = await readStanding(client);
      if (standing) this.metrics.stands(standing);
      await this.countDeadLetters(client);
      await this.measureGenerations(client);
      return client;
    } catch (error) {
      client?.release();
      this.metrics.forgetDatabase();
      throw error;
    }
  }

  private async countDeadLetters(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ letters: string }>(
      'select count(*) as letters from dead_letter where resolution is null',
    );
    this.metrics.deadLetters.set(Number(rows[0]!.letters));
  }

  private async measureGenerations(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ state: string; generations: string; bytes: string }>(
      `select state, count(distinct number) as generations, coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes
      from generation left join pg_class c on c.relkind = 'r' and pg_table_is_visible(c.oid) and c.relname ~ ('^token(_[a-z]+)*_' || number || '$')
      group by state`,
    );
    this.metrics.generations.reset();
    this.metrics.generationBytes.reset();
    for (const { state, generations, bytes } of rows) {
      this.metrics.generations.set({ state }, Number(generations));
      this.metrics.generationBytes.set({ state }, Number(bytes));
    }
  }

  private async sample(client: PoolClient, { position, isOtherSchema }: Leading): Promise<void> {
    if (position.stream === null || isOtherSchema) return;
    const manager = await jetstreamManager(await this.link.connected());
    const info = await findStream(manager, position.stream);
    if (!info || info.created !== position.streamCreated) return;
    const first = Math.max(1, info.state.first_seq);
    for (let i = 0; i < SAMPLES && position.sequence >= first; i += 1) {
      const sequence = first + Math.floor(Math.random() * (position.sequence - first + 1));
      const message = await messageAt(manager, position.stream, sequence);
      // A message may have been parked, whatever became of it since; then the tables owe it nothing.
      if (!message || (await isParked(client, position, message))) continue;
      const decoded = decode(message.payload, message.headers);
      if (decoded.kind !== 'event') continue;
      const { event } = decoded;
      let result = await sampleEvent(client, generationTables(position.generation), event);
      if (result === 'different' && (await hadPredecessor(manager, position.stream, message, event))) result = 'ok';
      this.report(result, sequence, event.eventId, 'id' in event.data ? event.data.id : undefined);
    }
  }

  private report(result: SampleResult, sequence: number, eventId: string, tokenId: number | undefined): void {
    this.metrics.samples.inc({ result });
    this.metrics.differences.inc(0);
    if (result === 'ok') return;
    this.metrics.differences.inc();
    this.logger.error(
      { sequence, eventId, tokenId, result },
      'the read model does not show an event of the stream: run a verification',
    );
  }
}
