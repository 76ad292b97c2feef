import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { aborted, within } from './waiting.js';
import { readPosition } from './consume/position.js';
import type { SourceChanged } from './consume/source-changed.js';
import { Leader } from './lead/leader.js';
import { Leading } from './lead/leading.js';
import { acquireLease, LeaseLost, releaseLease, type Lease } from './lead/lease.js';
import { connectWriter, disconnectWriter, GOODBYE_MS } from './lead/writer-client.js';
import type { ProjectorMetrics } from './projector-metrics.js';
import { ProjectorState } from './projector-state.js';
import type { ProjectorSettings } from './settings.js';

const STANDBY_POLL_MS = 500;
const STATEMENT_TIMEOUT_MS = 30_000;
const BACKOFF_MS = { first: 200, most: 5_000 } as const;

/**
 * The life of a projector: stand by for the lease, take it, lead. Whatever goes wrong on the way, it begins again from the stored
 * position after a pause: since rows and position are one transaction, there is no other state to repair.
 */
export class Projector {
  private failures = 0;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** Set while this process leads. */
  leading: Leading | undefined;
  /** Called when the stream turns out to be another one; a failure of it is logged and harms nothing. */
  onHalted: (change: SourceChanged) => Promise<void> = () => Promise.resolve();
  /** Called when this process begins to lead; a failure of it is logged and harms nothing. */
  onLeading: (leading: Leading) => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly settings: ProjectorSettings,
    private readonly holder: string,
    private readonly link: NatsLink,
    private readonly state: ProjectorState,
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

  /** One database connection's worth of work: ends by a failure, or normally when stopping. */
  private async session(): Promise<void> {
    const connection = await Promise.race([this.link.connected(), aborted(this.stopping.signal)]);
    if (!connection) return;
    const client = await connectWriter(this.settings.databaseUrl, STATEMENT_TIMEOUT_MS);
    try {
      const lease = await this.waitForLease(client);
      if (lease) await this.lead(client, lease);
    } finally {
      await disconnectWriter(client);
    }
  }

  private async waitForLease(client: Client): Promise<Lease | undefined> {
    while (!this.isStopping) {
      const lease = await acquireLease(client, this.holder);
      if (lease) return lease;
      if (this.state.enter('standing by')) this.logger.info('standing by: another projector leads');
      this.failures = 0;
      await this.pause(STANDBY_POLL_MS);
    }
    return undefined;
  }

  private async lead(client: Client, lease: Lease): Promise<void> {
    const connection = await this.link.connected();
    const leading = new Leading(client, lease, await readPosition(client));
    this.logger.info({ epoch: lease.epoch, generation: leading.position.generation }, 'leading');
    this.metrics.leads(Number(lease.epoch));
    this.leading = leading;
    this.onLeading(leading).catch((error: unknown) =>
      this.logger.error({ err: error }, 'an unfinished job could not be taken up'),
    );
    try {
      const events = {
        progressed: () => (this.failures = 0),
        halted: (change: SourceChanged) =>
          void this.onHalted(change).catch((error: unknown) =>
            this.logger.error({ err: error }, 'could not react to the changed stream'),
          ),
      };
      const { settings, link, state, metrics, logger } = this;
      await new Leader(connection, leading, { settings, link, state, metrics, logger, events }).lead(
        this.stopping.signal,
      );
    } finally {
      this.leading = undefined;
      this.metrics.leadsNoMore();
      await leading.end();
      await within(GOODBYE_MS, releaseLease(client, lease));
    }
  }

  private async recover(error: unknown): Promise<void> {
    const detail = error instanceof Error ? error.message : String(error);
    this.metrics.interruptions.inc({ reason: error instanceof Error ? error.name : 'unknown' });
    this.state.enter('interrupted', detail);
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
