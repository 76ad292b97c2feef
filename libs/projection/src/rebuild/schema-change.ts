import type { Client } from 'pg';
import { ServiceError } from '#service-runtime/service-error.js';
import { Injectable } from '@nestjs/common';
import { Engine } from '../engine.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../run/patience.js';
import { listGenerations, liveOf } from '../store/generations.js';
import { endJob } from '../store/jobs.js';
import { leaseEpoch } from '../store/lease.js';
import { isHeldForSchemaChange } from '../store/live-generation.js';
import { keepPreparing, lockPreparing } from '../store/preparing-lock.js';
import { inTransaction } from '../store/transaction.js';
import { connectWriter, disconnectWriter } from '../store/writer-client.js';
import { endLeftBehind } from './abandoned-job.js';
import { beginSchemaChange } from './begin-schema-change.js';
import { dropUnused } from './drop-unused.js';
import { JobCancelled, JobFailed, JobsStreamChanged } from '../job-ended.js';
import { unfinishedJob, type Unfinished } from './unfinished-job.js';
import { JobProgress } from './job-progress.js';
import { changeOfLiveSource } from './live-source.js';
import { Jobs } from './jobs.js';
import { OwnInitiative } from './own-initiative.js';
import { prepareGeneration } from './prepare-generation.js';
import { asFailure } from './run-phases.js';
import { VacantLease } from './vacant-lease.js';

/**
 * `leadAfter`: everything is ready, take the lease from its holder, if that is still the one of this epoch. `wait`: not now. `stand by`:
 * there is nothing to prepare; if no projector leads, take the lease, so that an operator can give orders.
 */
export type Prepared = { readonly leadAfter: string } | 'wait' | 'stand by';

/**
 * For a release whose tables are newer than those of the live generation. It cannot write the live tables, so it does not lead before its
 * own generation is nearly ready. Until then the projector of the previous release feeds the live generation.
 *
 * An unfinished job of this release is continued, or ended with the reason, whatever the settings say and whichever older release leads: an
 * operator has ordered it. Where no projector can continue a job, the status says which one must be started; cancelling always ends it.
 */
@Injectable()
export class SchemaChange {
  private readonly initiative: OwnInitiative;
  /** Of all processes that could prepare the generation, whether this one does it. */
  private isPreparing = false;

  constructor(
    private readonly engine: Engine,
    private readonly jobs: Jobs,
    private readonly lease: VacantLease,
  ) {
    this.initiative = new OwnInitiative(engine);
  }

  /** Whether no projector has led for a while, so that only this process can answer operators. */
  get isInCharge(): boolean {
    return this.isPreparing && this.lease.isLeftToUs;
  }

  /** @throws on any fault outside it; call it again */
  async prepare(): Promise<Prepared> {
    this.lease.follow();
    await this.lease.check();
    await this.initiative.readFormerAttempts();
    const prepared = await this.prepareNow();
    if (prepared !== 'wait') this.isPreparing = false;
    return prepared;
  }

  private async prepareNow(): Promise<Prepared> {
    if (await this.hasNothingToDo()) return 'stand by';
    const { settings, projection } = this.engine;
    const client = await connectWriter(settings.databaseUrl, WHOLE_TABLE_TIMEOUT_MS, projection.words.projector);
    const kept = keepPreparing(client);
    try {
      this.isPreparing = await lockPreparing(client, projection);
      return this.isPreparing ? await this.prepareOn(client) : 'wait';
    } catch (error) {
      if (error instanceof ServiceError) this.initiative.putOff();
      throw error;
    } finally {
      await kept.stop();
      await disconnectWriter(client);
    }
  }

  /** Asked before anything is opened or locked: a projector may stand by like this for days. */
  private async hasNothingToDo(): Promise<boolean> {
    const { pool, projection } = this.engine;
    const unfinished = unfinishedJob(await listGenerations(pool, projection));
    return unfinished?.schemaVersion !== projection.schemaVersion && this.initiative.isForbidden(pool);
  }

  private async prepareOn(client: Client): Promise<Prepared> {
    const { projection } = this.engine;
    const generations = await listGenerations(client, projection);
    // Another projector of this release may have changed the schema since this one looked.
    if (liveOf(generations).schemaVersion >= projection.schemaVersion) return 'wait';
    const unfinished = unfinishedJob(generations);
    if (unfinished?.schemaVersion === projection.schemaVersion) return this.continueJob(client, unfinished);
    if (unfinished) return this.waitForTheEndOf(client, unfinished);
    if (await this.initiative.isPutOff()) return 'stand by';
    // Whether to rebuild from a stream that has changed is for ON_SOURCE_CHANGE or an operator to decide: the leader follows both.
    if (await changeOfLiveSource(this.engine, client)) return this.isInCharge ? 'stand by' : 'wait';
    const begun = await beginSchemaChange(this.engine, client, generations);
    return begun ? this.makeReady(client, new JobProgress(projection, begun.number, begun.job)) : 'wait';
  }

  /** A job of this release that it began itself, or that an operator ordered at it when it led. */
  private async continueJob(client: Client, { number, job }: Unfinished): Promise<Prepared> {
    const { projection } = this.engine;
    // Another projector of this release leads already, and continues the job. If this process took the lease, the job's proof would begin
    // again here, and so on for ever.
    if (await isHeldForSchemaChange(client, projection)) return 'wait';
    const progress = new JobProgress(projection, number, job);
    if (job.requested === 'cancel') {
      // Before the stream is asked for anything: this may be what fails each time.
      await this.giveUp(client, progress, new JobCancelled('cancelled by an operator'), false);
      return 'wait';
    }
    const change = await changeOfLiveSource(this.engine, client);
    if (!change) return this.makeReady(client, progress);
    // An operator ordered it because of the change. The projector that leads is halted by the change, so there is nothing to wait for.
    if (!job.mustBeCompared) return this.leadNext(client);
    if (this.lease.isVacant) return 'stand by';
    // The release before leads. It cannot continue this job, and begins no other before the end of this one.
    await this.giveUp(client, progress, new JobFailed(change.message), true);
    return 'wait';
  }

  private async makeReady(client: Client, progress: JobProgress): Promise<Prepared> {
    await this.prepareGeneration(client, progress);
    return this.leadNext(client);
  }

  private async leadNext(client: Client): Promise<Prepared> {
    const { projection } = this.engine;
    // Read before the check: a projector of this release that takes the lease in between is noticed by one of the two.
    const leadAfter = await leaseEpoch(client, projection);
    return (await isHeldForSchemaChange(client, projection)) ? 'wait' : { leadAfter };
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
    try {
      await prepareGeneration(this.engine, client, progress, this.lease);
    } catch (error) {
      const failure = asFailure(error, progress);
      if (!failure) throw error;
      const change = await changeOfLiveSource(this.engine, client);
      await this.giveUp(client, progress, failure, change !== undefined || failure instanceof JobsStreamChanged);
      throw failure;
    } finally {
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
    if (progress.order.kind !== 'rollback') await this.drop(progress.generation);
  }

  /** The job has ended, so no projector needs its generation, whichever one leads. */
  private drop(generation: number): Promise<boolean> {
    const { settings, projection } = this.engine;
    return dropUnused(settings.databaseUrl, projection, generation, () => Promise.resolve());
  }
}
