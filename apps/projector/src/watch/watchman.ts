import { jetstreamManager } from '@nats-io/jetstream';
import type { Pool, PoolClient } from 'pg';
import { decode } from '#token-events/decode.js';
import { generationTables } from '#read-model/generation-tables.js';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { findStream, messageAt } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import type { ProjectorMetrics } from '../projector-metrics.js';
import { sampleEvent, type SampleResult } from './sample.js';

const EVERY_MS = 2_000;
/** Messages compared at a time: a thousand or so an hour, and hardly any load. */
const SAMPLES = 2;

/**
 * Looks after the read model while its projector leads: counts the dead letters, and compares messages picked at random from
 * the stream with what the tables say of them. The first difference shows in the metrics; a verification then tells all of them.
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
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.end();
  }

  private async round(): Promise<void> {
    const leading = this.leading();
    if (!leading || this.isBusy) return;
    this.isBusy = true;
    try {
      const client = await this.pool.connect();
      try {
        await this.countDeadLetters(client);
        if (!leading.isHalted && this.link.isUp) await this.sample(client, leading);
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

  private async countDeadLetters(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ letters: string }>(
      'select count(*) as letters from dead_letter where resolution is null',
    );
    this.metrics.deadLetters.set(Number(rows[0]!.letters));
  }

  private async sample(client: PoolClient, { position }: Leading): Promise<void> {
    if (position.stream === null) return;
    const manager = await jetstreamManager(await this.link.connected());
    const info = await findStream(manager, position.stream);
    if (!info || info.created !== position.streamCreated) return;
    const first = Math.max(1, info.state.first_seq);
    for (let i = 0; i < SAMPLES && position.sequence >= first; i += 1) {
      const sequence = first + Math.floor(Math.random() * (position.sequence - first + 1));
      const message = await messageAt(manager, position.stream, sequence);
      if (!message) continue;
      const decoded = decode(message.payload, message.headers);
      if (decoded.kind !== 'event') continue;
      const { event } = decoded;
      const result = await sampleEvent(client, generationTables(position.generation), event);
      this.report(result, sequence, event.eventId, 'id' in event.data ? event.data.id : undefined);
    }
  }

  private report(result: SampleResult, sequence: number, eventId: string, tokenId: number | undefined): void {
    this.metrics.samples.inc({ result });
    if (result === 'ok') return;
    this.metrics.differences.inc();
    this.logger.error(
      { sequence, eventId, tokenId, result },
      'the read model does not show an event of the stream: run a verification',
    );
  }
}
