import type { Client } from 'pg';
import { ServiceError } from '#service-runtime/service-error.js';
import { Injectable } from '@nestjs/common';
import { Engine } from '../engine.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../run/patience.js';
import { listGenerations, liveOf } from '../store/generations.js';
import { endJob } from '../store/jobs.js';
import { leaseEpoch } from '../store/lease.js';
import { isHeldForSchemaChange, isRolledBackFrom } from '../store/live-generation.js';
import { keepPreparing, lockPreparing } from '../store/preparing-lock.js';
import { inTransaction } from '../store/transaction.js';
import { connectWriter, disconnectWriter } from '../store/writer-client.js';
import type { SourceChanged } from '../stream/source-changed.js';
import { AGAIN_AFTER_MS } from './again-after.js';
import { endLeftBehind } from './abandoned-job.js';
import { beginSchemaChange } from './begin-schema-change.js';
import { dropUnused } from './drop-unused.js';
import { FormerAttempts } from './former-attempts.js';
import { JobCancelled, JobFailed } from './job-ended.js';
import { unfinishedJob, type Unfinished } from './unfinished-job.js';
import { JobProgress } from './job-progress.js';
import { changeOfLiveSource } from './live-source.js';
import { Jobs } from './jobs.js';
import { prepareGeneration } from './prepare-generation.js';
import { VacantLease } from './vacant-lease.js';

/**
 * `leadAfter`: everything is ready, take the lease from its holder, if that is still the one of this epoch. `wait`: not now. `stand by`:
 * there is nothing to prepare; if no projector leads, take the lease, so that an operator can give orders.
 */
export type Prepared = { readonly leadAfter: string } | 'wait' | 'stand by';

/**
 * For a release whose tables are newer than those of the live generation. It cannot write the live tables, so it does not lead before its
 * own generation is nearly ready. Until then the projector of the previous release feeds the live generation.
 */
@Injectable()
export class SchemaChange {
  private notBefore = 0;
  private readonly lease: VacantLease;
  private readonly attempts: FormerAttempts;
  private hasToldOfThem = false;
  /** Of all processes that could prepare the generation, whether this one does it. */
  private isPreparing = false;

  constructor(
    private readonly engine: Engine,
    private readonly jobs: Jobs,
  ) {
    this.lease = new VacantLease(engine);
    this.attempts = new FormerAttempts(engine);
  }

  /** Whether no projector has led for a while, so that only this process can answer operators. */
  get isInCharge(): boolean {
    return this.isPreparing && this.lease.isLeftToUs;
  }

  /** @throws on any fault outside it; call it again */
  async prepare(): Promise<Prepared> {
    await this.lease.look();
    await this.attempts.look();
    const prepared = await this.prepareNow();
    if (prepared !== 'wait') this.isPreparing = false;
    return prepared;
  }

  private async prepareNow(): Promise<Prepared> {
    if (performance.now() < this.notBefore) return 'stand by';
    const { settings, projection } = this.engine;
    const client = await connectWriter(settings.databaseUrl, WHOLE_TABLE_TIMEOUT_MS, projection.words.projector);
    const kept = keepPreparing(client);
    try {
      this.isPreparing = await lockPreparing(client, projection);
      return this.isPreparing ? await this.prepareOn(client) : 'wait';
    } catch (error) {
      if (error instanceof ServiceError) this.notBefore = performance.now() + AGAIN_AFTER_MS;
      throw error;
    } finally {
      await kept.stop();
      await disconnectWriter(client);
    }
  }

  private async prepareOn(client: Client): Promise<Prepared> {
    const { projection } = this.engine;
    const generations = await listGenerations(client, projection);
    // Another projector of this release may have changed the schema since this one looked.
    if (liveOf(generations).schemaVersion >= projection.schemaVersion) return 'wait';
    if (await isRolledBackFrom(client, projection)) return 'stand by';
    const unfinished = unfinishedJob(generations);
    if (unfinished && (unfinished.schemaVersion !== projection.schemaVersion || unfinished.job.kind !== 'rebuild'))
      return this.waitForTheEndOf(client, unfinished);
    if (!unfinished && (await this.isForOperator())) return 'stand by';
    // Another projector of this release leads already, and continues the job. If this process took the lease, the job's proof would begin
    // again here, and so on for ever.
    if (unfinished && (await isHeldForSchemaChange(client, projection))) return 'wait';
    const change = await changeOfLiveSource(this.engine, client);
    if (change) return this.leaveToLeader(client, unfinished, change);
    const begun = unfinished ?? (await beginSchemaChange(this.engine, client, generations));
    if (!begun) return 'wait';
    await this.prepareGeneration(client, new JobProgress(projection, begun.number, begun.job));
    // Read before the check: a projector that takes the lease in between is noticed by one of the two.
    const leadAfter = await leaseEpoch(client, projection);
    if (unfinished && (await isHeldForSchemaChange(client, projection))) return 'wait';
    return { leadAfter };
  }

  private async isForOperator(): Promise<boolean> {
    const isSo = await this.attempts.forbidAnother();
    const { logger, projection } = this.engine;
    if (isSo && !this.hasToldOfThem)
      logger.warn(`the schema was not changed: an operator must decide, see ${projection.words.tool} rebuild status`);
    this.hasToldOfThem = isSo;
    return isSo;
  }

  /** Whether to rebuild from a stream that has changed is for ON_SOURCE_CHANGE or an operator to decide: the leader follows both. */
  private async leaveToLeader(
    client: Client,
    unfinished: Unfinished | undefined,
    change: SourceChanged,
  ): Promise<Prepared> {
    if (!unfinished) return this.isInCharge ? 'stand by' : 'wait';
    // What an operator ordered because of the change is for the next leader of this release to continue.
    if (this.lease.isVacant || !unfinished.job.mustBeCompared) return 'stand by';
    // The release before leads. It cannot continue this job, and begins no other before the end of this one.
    const progress = new JobProgress(this.engine.projection, unfinished.number, unfinished.job);
    await this.giveUp(client, progress, new JobFailed(change.message), true);
    return 'wait';
  }

  /**
   * The projector that leads continues the job. If no projector has led for a while, this process ends the job: otherwise this release
   * would wait for ever.
   */
  private async waitForTheEndOf(client: Client, unfinished: Unfinished): Promise<'wait'> {
    if (!this.isInCharge) return 'wait';
    const { projection, logger } = this.engine;
    const { number: generation, job, schemaVersion } = unfinished;
    if (!(await inTransaction(client, () => endLeftBehind(client, projection, unfinished)))) return 'wait';
    logger.warn({ generation, kind: job.kind, schemaVersion }, 'ended a job that another release left unfinished');
    if (job.kind !== 'rollback') await this.drop(generation);
    return 'wait';
  }

  private async prepareGeneration(client: Client, progress: JobProgress): Promise<void> {
    const hide = this.jobs.tellOf(progress);
    const unwatch = this.lease.follow();
    try {
      await prepareGeneration(this.engine, client, progress);
    } catch (error) {
      if (error instanceof JobFailed) {
        const change = await changeOfLiveSource(this.engine, client);
        await this.giveUp(client, progress, error, change !== undefined);
      }
      throw error;
    } finally {
      unwatch();
      hide();
    }
  }

  private async giveUp(
    client: Client,
    progress: JobProgress,
    error: JobFailed,
    isSourceChanged: boolean,
  ): Promise<void> {
    const state = error instanceof JobCancelled ? 'cancelled' : 'failed';
    const end = { ...progress.asEnded(state, error.message), isSourceChanged };
    await inTransaction(client, () => endJob(client, this.engine.projection, end));
    await this.drop(progress.generation);
  }

  /** The job has ended, so no projector needs its generation, whichever one leads. */
  private drop(generation: number): Promise<boolean> {
    const { settings, projection } = this.engine;
    return dropUnused(settings.databaseUrl, projection, generation, () => Promise.resolve());
  }
}
