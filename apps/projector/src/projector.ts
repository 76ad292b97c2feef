import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import { missingMigrations } from '#read-model/migrations.js';
import { isReadTimeout, refusedLogin } from '#read-model/pool.js';
import type { Logger } from '#service-runtime/logger.js';
import { NatsAway, type NatsLink } from '#service-runtime/nats-connection.js';
import { liveSchemaVersion, readPosition } from './consume/position.js';
import type { SourceChanged } from './consume/source-changed.js';
import { interruptionReason } from './interruption-reason.js';
import { Leader } from './lead/leader.js';
import { Leading } from './lead/leading.js';
import { acquireLease, LeaseLost, releaseLease, seizeLease, type Lease } from './lead/lease.js';
import { otherSchema } from './lead/schema-differs.js';
import { longer, STATEMENT_TIMEOUT_MS } from './lead/patience.js';
import { connectWriter, disconnectWriter, GOODBYE_MS } from './lead/writer-client.js';
import type { Prepared } from './operate/schema-change.js';
import type { ProjectorMetrics } from './projector-metrics.js';
import { ProjectorState } from './projector-state.js';
import type { ProjectorSettings } from './settings.js';
import { unlessAborted, within } from './waiting.js';

const STANDBY_POLL_MS = 500;
/** The row of the lease is locked while its holder commits. */
const SEIZE_POLL_MS = 10;
const BACKOFF_MS = { first: 200, most: 5_000 } as const;

/**
 * The life of a projector: stand by for the lease, take it, lead. Whatever goes wrong on the way, it begins again from the stored
 * position after a pause: since rows and position are one transaction, there is no other state to repair.
 */
export class Projector {
  private failures = 0;
  private statementTimeoutMs = STATEMENT_TIMEOUT_MS;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** Set while this process leads. */
  leading: Leading | undefined;
  /** Called when the stream turns out to be another one; a failure of it is logged and harms nothing. */
  onHalted: (change: SourceChanged) => Promise<void> = () => Promise.resolve();
  /** Called when this process begins to lead; a failure of it is logged and harms nothing. */
  onLeading: (leading: Leading) => Promise<void> = () => Promise.resolve();

  /** Whether this process works on a job. */
  isWorking: () => boolean = () => false;
  /** Called while the live generation is of an older schema than this release writes; without it an operator is waited for. */
  onOlderSchema: (() => Promise<Prepared>) | undefined;
  private isChangingSchema = false;

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
    const connection = await unlessAborted(this.stopping.signal, this.link.whenUp());
    if (!connection) return;
    const client = await connectWriter(this.settings.databaseUrl, this.statementTimeoutMs);
    try {
      const lease = await this.waitForLease(client);
      if (!lease) return;
      try {
        await this.lead(client, lease);
      } finally {
        await within(GOODBYE_MS, releaseLease(client, lease));
      }
    } finally {
      await disconnectWriter(client);
    }
  }

  private async waitForLease(client: Client): Promise<Lease | undefined> {
    let isMigrated = false;
    while (!this.isStopping) {
      isMigrated ||= await this.isMigrated(client);
      const lease = isMigrated ? await this.tryForLease(client) : undefined;
      if (lease || this.isStopping) return lease;
      this.failures = 0;
      await this.pause(STANDBY_POLL_MS);
    }
    return undefined;
  }

  /** On a database of the release before, that one's projector can lead and this one cannot: it must not keep the lease from it. */
  private async isMigrated(client: Client): Promise<boolean> {
    const missing = await missingMigrations(client);
    if (missing.length === 0) return true;
    const reason = `the database has not had migrations that this release needs (${missing.join(', ')}): run "tokenctl migrate"`;
    if (this.state.enter('outdated', reason)) this.logger.warn(reason);
    return false;
  }

  /** A release never leads over tables it cannot write; a newer one first makes its own, beside the projector that still leads. */
  private async tryForLease(client: Client): Promise<Lease | undefined> {
    const version = await liveSchemaVersion(client);
    const isOlder = version < SCHEMA_VERSION;
    if (version === SCHEMA_VERSION || (isOlder && !this.onOlderSchema)) return this.standBy(client);
    if (this.state.enter('outdated', otherSchema(version))) this.logger.warn(otherSchema(version));
    if (!isOlder || !this.onOlderSchema) return undefined;
    switch (await unlessAborted(this.stopping.signal, this.onOlderSchema())) {
      case 'lead':
        return this.seize(client);
      case 'stand by':
        return acquireLease(client, this.holder);
      case 'wait':
      case undefined:
    }
    return undefined;
  }

  private async standBy(client: Client): Promise<Lease | undefined> {
    const lease = await acquireLease(client, this.holder);
    if (!lease && this.state.enter('standing by')) this.logger.info('standing by: another projector leads');
    return lease;
  }

  private async seize(client: Client): Promise<Lease | undefined> {
    this.isChangingSchema = true;
    while (!this.isStopping) {
      const lease = await seizeLease(client, this.holder);
      if (lease) return lease;
      await this.pause(SEIZE_POLL_MS);
    }
    return undefined;
  }

  private async lead(client: Client, lease: Lease): Promise<void> {
    const connection = await this.link.connected();
    const leading = new Leading(client, lease, await readPosition(client), this.statementTimeoutMs);
    leading.isChangingSchema = this.isChangingSchema;
    this.isChangingSchema = false;
    this.logger.info({ epoch: lease.epoch, generation: leading.position.generation }, 'leading');
    this.metrics.leads(Number(lease.epoch));
    this.leading = leading;
    this.onLeading(leading).catch((error: unknown) =>
      this.logger.error({ err: error }, 'an unfinished job could not be taken up'),
    );
    try {
      const events = {
        progressed: () => {
          this.failures = 0;
          this.statementTimeoutMs = STATEMENT_TIMEOUT_MS;
        },
        isWorking: this.isWorking,
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
    }
  }

  private async recover(error: unknown): Promise<void> {
    const refused = refusedLogin(error);
    const said = error instanceof Error ? error.message : String(error);
    const detail = refused === undefined ? said : `PostgreSQL ${refused}`;
    this.metrics.interruptions.inc({ reason: interruptionReason(error) });
    this.state.enter('interrupted', detail);
    // Statements that were sent together may take too long together, and none of them by itself.
    if (isReadTimeout(error)) this.statementTimeoutMs = longer(this.statementTimeoutMs);
    const pause = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.failures = Math.min(this.failures + 1, 10);
    if (error instanceof LeaseLost || error instanceof NatsAway) this.logger.warn(detail);
    else this.logger.error({ err: error, retryInMs: Math.round(pause) }, 'projecting was interrupted');
    await this.pause(pause);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
