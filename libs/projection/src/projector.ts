import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { NatsAway } from '#service-runtime/nats-connection.js';
import { isReadTimeout, refusedLogin } from '#service-runtime/postgres/pool.js';
import { unlessAborted, within } from '#service-runtime/waiting.js';
import { Engine } from './engine.js';
import { LeaseCandidate, type TakenLease } from './lease-candidate.js';
import { Jobs } from './rebuild/jobs.js';
import { Resynchronisation } from './rebuild/resynchronisation.js';
import { LeaseLost, releaseLease } from './store/lease.js';
import { readPosition } from './store/position.js';
import { connectWriter, disconnectWriter, GOODBYE_MS } from './store/writer-client.js';
import type { SourceChanged } from './stream/source-changed.js';
import { interruptionReason } from './run/interruption-reason.js';
import { Leader } from './run/leader.js';
import { Leadership } from './run/leadership.js';
import { noticeRestore } from './run/notice-restore.js';
import { longer, STATEMENT_TIMEOUT_MS } from './run/patience.js';
import { ProjectorState } from './run/projector-state.js';

const BACKOFF_MS = { first: 200, most: 5_000 } as const;

/**
 * The main loop of a projector: wait as a standby for the lease, take it, lead. After any failure the projector pauses, then starts again
 * from the stored position: rows and position change in one transaction, so there is no other state to repair.
 */
@Injectable()
export class Projector implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private failures = 0;
  private statementTimeoutMs = STATEMENT_TIMEOUT_MS;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
    private readonly jobs: Jobs,
    private readonly candidate: LeaseCandidate,
    private readonly resynchronisation: Resynchronisation,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** The current batch commits or rolls back; then the lease is handed back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.state.stop();
    await this.running;
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

  /** Works with one database connection. Ends with a failure, or normally when stopping. */
  private async session(): Promise<void> {
    const connection = await unlessAborted(this.stopping.signal, this.engine.link.whenUp());
    if (!connection) return;
    const { settings, projection } = this.engine;
    const client = await connectWriter(settings.databaseUrl, this.statementTimeoutMs, projection.words.projector);
    try {
      const taken = await this.candidate.whenLeading(client, this.stopping.signal, () => (this.failures = 0));
      if (!taken) return;
      try {
        await this.lead(client, taken);
      } finally {
        await within(GOODBYE_MS, releaseLease(client, taken.lease));
      }
    } finally {
      await disconnectWriter(client);
    }
  }

  private async lead(client: Client, { lease, isChangingSchema }: TakenLease): Promise<void> {
    const { projection, link, logger, metrics } = this.engine;
    const connection = await link.connected();
    await noticeRestore(this.engine, client, lease);
    const position = await readPosition(client, projection);
    const leading = new Leadership(projection, client, lease, position, this.statementTimeoutMs);
    leading.isChangingSchema = isChangingSchema;
    logger.info({ epoch: lease.epoch, holder: lease.holder, generation: position.generation }, 'leading');
    metrics.leads(Number(lease.epoch));
    this.state.leading = leading;
    void this.jobs.resume(leading);
    try {
      const context = {
        engine: this.engine,
        state: this.state,
        progressed: () => {
          this.failures = 0;
          this.statementTimeoutMs = STATEMENT_TIMEOUT_MS;
        },
        continueJob: () => void this.jobs.resume(leading),
        isWorking: () => this.jobs.current !== undefined,
        halted: (change: SourceChanged) => this.react(change),
      };
      await Leader.lead(connection, leading, context, this.stopping.signal);
    } finally {
      this.state.leading = undefined;
      this.engine.metrics.leadsNoMore();
      await leading.end();
    }
  }

  private react(change: SourceChanged): void {
    if (this.engine.settings.onSourceChange !== 'rebuild') return;
    this.resynchronisation
      .react(change)
      .catch((error: unknown) => this.engine.logger.error({ err: error }, 'could not react to the changed stream'));
  }

  private async recover(error: unknown): Promise<void> {
    const refused = refusedLogin(error);
    const said = error instanceof Error ? error.message : String(error);
    const detail = refused === undefined ? said : `PostgreSQL ${refused}`;
    this.engine.metrics.interruptions.inc({ reason: interruptionReason(error) });
    this.state.enter('interrupted', detail);
    // Statements that are sent together may take too long in total, although no single one does.
    if (isReadTimeout(error)) this.statementTimeoutMs = longer(this.statementTimeoutMs);
    const pause = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.failures = Math.min(this.failures + 1, 10);
    if (error instanceof LeaseLost || error instanceof NatsAway) this.engine.logger.warn(detail);
    else this.engine.logger.error({ err: error, retryInMs: Math.round(pause) }, 'projecting was interrupted');
    await this.pause(pause);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
