import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { unlessAborted } from '#service-runtime/waiting.js';
import { Engine } from './engine.js';
import { SchemaChange } from './rebuild/schema-change.js';
import { VacantLease } from './rebuild/vacant-lease.js';
import { ProjectorState } from './run/projector-state.js';
import { otherSchema } from './run/schema-differs.js';
import { acquireLease, leaseEpoch, seizeLease, type Lease } from './store/lease.js';
import { hasLiveGeneration, liveSchemaVersion } from './store/live-generation.js';
import { missingMigrations } from './store/migrations.js';

const STANDBY_POLL_MS = 500;
/** The holder locks the row of the lease while it commits, so the lease is tried at this interval. */
const SEIZE_POLL_MS = 10;

/** The right to write, and why it was taken. */
export interface TakenLease {
  readonly lease: Lease;
  /** Taken for a job that replaces a generation of another release's schema. */
  readonly isChangingSchema: boolean;
}

/** Waits as a standby for the lease. A release never leads over tables it cannot write, nor over a database without its migrations. */
@Injectable()
export class LeaseCandidate {
  private readonly holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;

  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
    private readonly schemaChange: SchemaChange,
    private readonly lease: VacantLease,
  ) {}

  /**
   * @param stoodBy called each time the database has answered and this process cannot lead yet
   * @returns undefined when stopping
   */
  async whenLeading(client: Client, stopping: AbortSignal, stoodBy: () => void): Promise<TakenLease | undefined> {
    let isMigrated = false;
    while (!stopping.aborted) {
      isMigrated ||= await this.isMigrated(client);
      const taken = isMigrated ? await this.tryForLease(client, stopping) : undefined;
      if (taken) this.lease.leave();
      if (taken || stopping.aborted) return taken;
      stoodBy();
      await sleep(STANDBY_POLL_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
    return undefined;
  }

  /**
   * On a database of the previous release, that release's projector can lead and this one cannot: this one must not keep the lease from it.
   */
  private async isMigrated(client: Client): Promise<boolean> {
    const { projection } = this.engine;
    const { model, tool } = projection.words;
    const missing = await missingMigrations(client);
    if (missing.length === 0 && (await hasLiveGeneration(client, projection))) return true;
    const reason =
      missing.length > 0
        ? `the database has not had migrations that this release needs (${missing.join(', ')}): run "${tool} migrate"`
        : `the database holds no ${model}: run "${tool} migrate"`;
    this.tellOutdated(reason);
    return false;
  }

  /**
   * A release never leads over tables it cannot write. A newer release first makes its own tables, while the projector that leads
   * continues.
   */
  private async tryForLease(client: Client, stopping: AbortSignal): Promise<TakenLease | undefined> {
    const { projection, settings } = this.engine;
    const version = await liveSchemaVersion(client, projection);
    if (version === projection.schemaVersion) {
      this.lease.leave();
      const taken = await this.acquire(client);
      if (!taken) this.standBy();
      return taken;
    }
    const isOlder = version < projection.schemaVersion;
    if (isOlder && !settings.rebuildOnSchemaChange) this.standBy();
    else this.tellOutdated(otherSchema(projection, version));
    if (!isOlder) return undefined;
    const prepared = await unlessAborted(stopping, this.schemaChange.prepare());
    if (typeof prepared === 'object') return this.seize(client, prepared.leadAfter, stopping);
    return prepared === 'stand by' ? this.acquireLast(client) : undefined;
  }

  private standBy(): void {
    if (this.state.enter('standing by')) this.engine.logger.info('standing by: another projector leads');
  }

  private tellOutdated(reason: string): void {
    if (this.state.enter('outdated', reason)) this.engine.logger.warn(reason);
  }

  /** Cannot write the live generation, so it takes the lease only if no projector that can write it does. */
  private async acquireLast(client: Client): Promise<TakenLease | undefined> {
    return this.lease.isLeftToUs ? this.acquire(client) : undefined;
  }

  private async acquire(client: Client): Promise<TakenLease | undefined> {
    const lease = await acquireLease(client, this.engine.projection, this.holder);
    return lease && { lease, isChangingSchema: false };
  }

  /** @returns undefined when another projector has taken the lease since */
  private async seize(client: Client, epoch: string, stopping: AbortSignal): Promise<TakenLease | undefined> {
    const { projection } = this.engine;
    while (!stopping.aborted && (await leaseEpoch(client, projection)) === epoch) {
      const lease = await seizeLease(client, projection, this.holder, epoch);
      if (lease) return { lease, isChangingSchema: true };
      await sleep(SEIZE_POLL_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
    return undefined;
  }
}
