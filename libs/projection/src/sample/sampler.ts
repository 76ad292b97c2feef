import { jetstreamManager } from '@nats-io/jetstream';
import type { PoolClient } from 'pg';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Engine } from '../engine.js';
import { traceIdOf } from '#service-runtime/tracing/trace-parent.js';
import type { ProjectedEvent, SampleResult } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { ProjectorState } from '../run/projector-state.js';
import { countOpenLetters, isParked } from '../store/dead-letters.js';
import { every } from '../store/every.js';
import { measureGenerations } from '../store/generations.js';
import { readStanding } from '../store/live-generation.js';
import { decodeOrReject } from '../stream/decode-or-reject.js';
import { traceOfEvent } from '../stream/event-trace.js';
import { findStream, messageAt } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { hadPredecessor } from './predecessor.js';

const EVERY_MS = 2_000;
/** The number of messages compared at a time: eighteen thousand an hour, with hardly any load. */
const SAMPLES = 10;

type SampledMessage = Pick<StreamMessage, 'sequence' | 'decoded' | 'headers'>;

/**
 * Every projector reports the state of the read model and the dead letters from the database. The leader also compares random messages of
 * the stream with the tables. The first difference shows in the metrics; a verification then lists all of them.
 */
@Injectable()
export class Sampler implements BeforeApplicationShutdown {
  private readonly sampling;

  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
  ) {
    this.sampling = every(
      EVERY_MS,
      () => this.run(),
      // A fault that prevents the sampling also stops the projector, which reports it.
      (error) => engine.logger.debug({ err: error }, 'the database could not be sampled'),
    );
    void this.sampling.now();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sampling.stop();
  }

  private async run(): Promise<void> {
    const client = await this.measureDatabase();
    try {
      const leading = this.state.leading;
      if (leading && !leading.isHalted && this.engine.link.isUp) await this.sample(client, leading);
    } finally {
      client.release();
    }
  }

  /** @returns the connection, for the comparison; the caller releases it */
  private async measureDatabase(): Promise<PoolClient> {
    const { pool, projection, metrics } = this.engine;
    let client: PoolClient | undefined;
    try {
      client = await pool.connect();
      const standing = await readStanding(client, projection);
      if (standing) metrics.stands(standing);
      metrics.database.seen(await countOpenLetters(client, projection), await measureGenerations(client, projection));
      return client;
    } catch (error) {
      client?.release();
      metrics.forgetDatabase();
      throw error;
    }
  }

  private async sample(client: PoolClient, { position, isOtherSchema }: Leadership): Promise<void> {
    if (position.stream === null || isOtherSchema) return;
    const { link, projection } = this.engine;
    const manager = await jetstreamManager(await link.connected());
    const info = await findStream(manager, position.stream);
    if (!info || info.created !== position.streamCreated) return;
    const first = Math.max(1, info.state.first_seq);
    for (let i = 0; i < SAMPLES && position.sequence >= first; i += 1) {
      const sequence = first + Math.floor(Math.random() * (position.sequence - first + 1));
      const message = await messageAt(manager, position.stream, sequence);
      // The message may have been parked once; then the tables need not show its event.
      if (!message || (await isParked(client, projection, position, message))) continue;
      const decoded = decodeOrReject(projection, message.payload, message.headers);
      if (decoded.kind !== 'event') continue;
      const { event } = decoded;
      let result = await projection.sample(client, position.generation, event);
      if (result === 'different' && (await hadPredecessor(projection, manager, position.stream, message, event)))
        result = 'ok';
      this.report(result, { ...message, decoded }, event);
    }
  }

  private report(result: SampleResult, message: SampledMessage, event: ProjectedEvent): void {
    const { metrics, logger, projection } = this.engine;
    metrics.samples.inc({ result });
    metrics.differences.inc(0);
    if (result === 'ok') return;
    metrics.differences.inc();
    logger.error(
      {
        sequence: message.sequence,
        eventId: event.eventId,
        ...traceIdOf(traceOfEvent(message)),
        ...projection.keyOf(event).ids,
        result,
      },
      'the read model does not show an event of the stream: run a verification',
    );
  }
}
