import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFaultOfTheData } from '#read-model/postgres-errors.js';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { EventReader } from './consume/event-reader.js';
import { movePosition, readPosition, type Position } from './consume/position.js';
import { checkSource, SourceChanged } from './consume/source-check.js';
import type { StreamMessage } from './consume/stream-message.js';
import { ensureStream, findStream } from './consume/stream.js';
import { acquireLease, LeaseLost, releaseLease, renewLease, type Lease } from './lead/lease.js';
import { connectWriter } from './lead/writer-client.js';
import { applyBatch, type BatchContext, type BatchOutcome } from './project/apply-batch.js';
import type { ProjectorMetrics } from './projector-metrics.js';
import type { ProjectorSettings } from './settings.js';

const STANDBY_POLL_MS = 500;
/** On an idle stream the lease is renewed and the freshness of the read model confirmed this often. */
const IDLE_TICK_MS = 250;
const MAX_BATCH_WEIGHT = 4_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const BACKOFF_MS = { first: 200, most: 5_000 } as const;

/**
 * The life of a projector: stand by for the lease, take it, read on from the stored position, apply batch after batch. Whatever
 * goes wrong on the way, it begins again from the stored position after a pause: since rows and position are one transaction,
 * there is no other state to repair.
 */
export class Projector {
  private state = 'starting';
  private failures = 0;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly settings: ProjectorSettings,
    private readonly holder: string,
    private readonly link: NatsLink,
    private readonly metrics: ProjectorMetrics,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** The batch in hand commits or rolls back; the lease is handed back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** undefined while it projects or stands by; otherwise why it does neither. */
  get problem(): string | undefined {
    return this.state === 'projecting' || this.state === 'standing by' ? undefined : this.state;
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.session();
      } catch (error) {
        if (this.isStopping) return;
        await this.recover(error);
      }
    }
  }

  /** One connection's worth of leading: ends by a failure, or normally when stopping. */
  private async session(): Promise<void> {
    const connection = await Promise.race([this.link.connected(), aborted(this.stopping.signal)]);
    if (!connection) return;
    const client = await connectWriter(this.settings.databaseUrl, STATEMENT_TIMEOUT_MS);
    try {
      const lease = await this.waitForLease(client);
      if (!lease) return;
      this.metrics.leader.set(1);
      try {
        await this.lead(client, lease);
      } finally {
        this.metrics.leader.set(0);
        if (this.isStopping) await releaseLease(client, lease).catch(() => undefined);
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async waitForLease(client: Client): Promise<Lease | undefined> {
    while (!this.isStopping) {
      const lease = await acquireLease(client, this.holder);
      if (lease) {
        this.logger.info({ epoch: lease.epoch }, 'leading');
        return lease;
      }
      if (this.state !== 'standing by') this.logger.info('standing by: another projector leads');
      this.state = 'standing by';
      this.failures = 0;
      await this.pause(STANDBY_POLL_MS);
    }
    return undefined;
  }

  private async lead(client: Client, lease: Lease): Promise<void> {
    const connection = await this.link.connected();
    const manager = await jetstreamManager(connection);
    const stored = await readPosition(client);
    const info = await ensureStream(manager, this.settings.stream, this.logger);
    await checkSource(manager, info, stored);
    const position = { ...stored, stream: info.config.name, streamCreated: info.created };
    if (stored.streamCreated === null) await movePosition(client, stored, position, null);
    const reader = await EventReader.open(jetstream(connection), position.stream, position.sequence + 1);
    this.logger.info({ stream: position.stream, position: position.sequence, head: info.state.last_seq }, 'projecting');
    this.state = 'projecting';
    try {
      await this.applyAll({ client, lease, position }, reader, manager);
    } finally {
      await reader.close();
    }
  }

  private async applyAll(context: BatchContext, reader: EventReader, manager: JetStreamManager): Promise<void> {
    while (!this.isStopping) {
      const messages = await reader.next(IDLE_TICK_MS, MAX_BATCH_WEIGHT);
      if (messages.length === 0) {
        await this.confirmFreshness(context, manager);
        continue;
      }
      context = { ...context, position: await this.apply(context, messages) };
      this.failures = 0;
    }
  }

  /** @returns the position after the batch. A batch that PostgreSQL refuses is halved until only the poison is left, which is parked. */
  private async apply(context: BatchContext, messages: readonly StreamMessage[]): Promise<Position> {
    const startedAt = performance.now();
    try {
      return this.committed(await applyBatch(context, messages), messages, startedAt);
    } catch (error) {
      if (!isFaultOfTheData(error)) throw error;
      if (messages.length === 1) {
        const reason = `PostgreSQL refused it: ${error instanceof Error ? error.message : String(error)}`;
        return this.committed(await applyBatch(context, messages, reason), messages, startedAt);
      }
      const half = messages.length >> 1;
      const position = await this.apply(context, messages.slice(0, half));
      return this.apply({ ...context, position }, messages.slice(half));
    }
  }

  private committed(outcome: BatchOutcome, messages: readonly StreamMessage[], startedAt: number): Position {
    this.metrics.committed(outcome, messages.length, (performance.now() - startedAt) / 1000, messages.at(-1)!);
    for (const { message, reason } of outcome.parked) {
      this.logger.warn(
        { sequence: message.sequence, subject: message.subject, reason },
        'parked a message that cannot be applied',
      );
    }
    return outcome.position;
  }

  /** Nothing has arrived: renew the lease, and where the stream has nothing beyond the position, say so in the read model. */
  private async confirmFreshness({ client, lease, position }: BatchContext, manager: JetStreamManager): Promise<void> {
    const askedAt = performance.now();
    const info = await findStream(manager, this.settings.stream.stream);
    if (!info) throw new SourceChanged('recreated', `the stream ${this.settings.stream.stream} has gone`);
    this.metrics.streamHead.set(info.state.last_seq);
    this.metrics.position.set(position.sequence);
    this.metrics.lagEvents.set(Math.max(0, info.state.last_seq - position.sequence));
    if (info.state.last_seq <= position.sequence) await checkSource(manager, info, position);
    await renewLease(client, lease);
    if (info.state.last_seq === position.sequence)
      await movePosition(client, position, position, performance.now() - askedAt);
  }

  private async recover(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.name : 'unknown';
    const detail = error instanceof Error ? error.message : String(error);
    this.metrics.restarts.inc({ reason });
    this.state = error instanceof SourceChanged ? `halted: ${detail}` : `interrupted: ${detail}`;
    const pause = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.failures = Math.min(this.failures + 1, 10);
    if (error instanceof LeaseLost) this.logger.warn(detail);
    else this.logger.error({ err: error, retryInMs: Math.round(pause) }, 'projecting was interrupted');
    await this.pause(pause);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
