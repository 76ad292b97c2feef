import type { NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { tableNames } from '#read-model/generation-tables.js';
import type { Position } from '../consume/position.js';
import type { Leading } from '../lead/leading.js';
import { renewLease } from '../lead/lease.js';
import { connectWriter, disconnectWriter } from '../lead/writer-client.js';
import { compareGenerations } from './compare-generations.js';
import { GenerationBuild } from './generation-build.js';
import { dropGeneration, missingIndexesSql } from './generations.js';
import { JobCancelled, JobFailed } from './job-ended.js';
import type { Difference } from '#read-model/job.js';
import type { JobProgress } from './job-progress.js';
import { repairRows } from './repair-rows.js';
import { openSnapshot } from './snapshot-client.js';
import { switchGeneration } from './switch-generation.js';

/** Filling is over when the live generation has moved by no more than this meanwhile. */
const NEAR_EVENTS = 1_000;
/** An index build or a vacuum of a large table takes its time. */
const STATEMENT_TIMEOUT_MS = 3_600_000;
const PAUSED_POLL_MS = 200;
/** More differences than this are a case for a rebuild, not for a repair. */
const MAX_REPAIRS = 100_000;

export interface JobSurroundings {
  readonly databaseUrl: string;
  readonly connection: NatsConnection;
  readonly leading: Leading;
  /** The stream to read, as it is now. */
  readonly source: { readonly stream: string; readonly streamCreated: string; readonly head: number };
}

/**
 * Makes a generation beside the live one, proves that both agree at one position, and then does what the order says: takes its
 * place, or only reports. Every step can be begun again where a former worker died.
 */
export class GenerationJob {
  private differences: Difference[] = [];

  constructor(
    private readonly surroundings: JobSurroundings,
    private readonly progress: JobProgress,
  ) {}

  /** @throws {JobFailed} for good, or whatever went wrong on the way; the live generation is as it was */
  async run(): Promise<string> {
    const { databaseUrl, connection, leading, source } = this.surroundings;
    const { kind } = this.progress.order;
    const client = await connectWriter(databaseUrl, STATEMENT_TIMEOUT_MS);
    const build = await GenerationBuild.open(client, leading.lease, connection, this.progress.generation, source);
    try {
      await this.fill(build);
      if (kind === 'rebuild') await this.index(client);
      this.progress.enter('catching up');
      await this.fill(build);
      if (kind !== 'rollback' && this.isComparable) await this.prove(build);
      return kind === 'verify' ? await this.concludeVerification(build) : await this.takeOver(build);
    } finally {
      await build.close();
    }
  }

  /** After a change of the stream the live generation's position means nothing in it. */
  private get isComparable(): boolean {
    return !this.surroundings.leading.isHalted;
  }

  private get target(): number {
    return this.isComparable ? this.surroundings.leading.position.sequence : this.surroundings.source.head;
  }

  /** Reads until the live generation is near; a stopped live generation is reached altogether. */
  private async fill(build: GenerationBuild): Promise<void> {
    const interrupted = () => this.progress.isCancelled || this.progress.isPaused;
    for (;;) {
      const { target } = this;
      const isThere = await build.feedTo(target, interrupted, (position) => this.progress.reached(position, target));
      await this.pauseOrCancel();
      if (isThere && this.target - target <= NEAR_EVENTS) return;
    }
  }

  private async pauseOrCancel(): Promise<void> {
    while (this.progress.isPaused && !this.progress.isCancelled) await sleep(PAUSED_POLL_MS);
    if (this.progress.isCancelled) throw new JobCancelled('cancelled by an operator');
  }

  private async index(client: pg.Client): Promise<void> {
    this.progress.enter('indexing');
    await client.query(`set maintenance_work_mem = '256MB'`);
    for (const statement of missingIndexesSql(this.progress.generation)) {
      await client.query(statement);
      await this.pauseOrCancel();
    }
    await client.query(`vacuum (analyze) ${tableNames(this.progress.generation).join(', ')}`);
  }

  /** Brings the new generation to the live one's very position while that one stands still, for the moment that takes. */
  private async meet(build: GenerationBuild, leading: Leading): Promise<void> {
    if (!this.isComparable) return;
    await build.feedTo(
      leading.position.sequence,
      () => false,
      () => undefined,
    );
    await build.takePosition(leading.position);
  }

  private async prove(build: GenerationBuild): Promise<void> {
    this.progress.enter('proving');
    const { databaseUrl, leading } = this.surroundings;
    const snapshot = await leading.betweenBatches(async () => {
      await this.meet(build, leading);
      return openSnapshot(databaseUrl);
    });
    try {
      this.progress.comparing();
      await compareGenerations(snapshot, leading.position.generation, build.position.generation, (difference) => {
        this.progress.found(difference);
        if (this.differences.length <= MAX_REPAIRS) this.differences.push(difference);
        if (this.progress.isCancelled) throw new JobCancelled('cancelled by an operator');
      });
    } finally {
      await snapshot.end().catch(() => undefined);
    }
    await this.pauseOrCancel();
  }

  private async concludeVerification(build: GenerationBuild): Promise<string> {
    if (!this.isComparable)
      throw new JobFailed('the stream is not the one the read model was made from: nothing can be compared');
    const { leading } = this.surroundings;
    const found = this.differences.length;
    if (found === 0) return `no differences at position ${build.position.sequence}`;
    if (!this.progress.order.repair) return `${found} differences at position ${build.position.sequence}`;
    if (found > MAX_REPAIRS) throw new JobFailed(`more than ${MAX_REPAIRS} differences: rebuild instead of repairing`);
    this.progress.enter('repairing');
    await leading.betweenBatches(async () => {
      await this.meet(build, leading);
      await this.repair(leading, build.position);
    });
    return `repaired ${found} differences`;
  }

  private async repair({ client, lease, position }: Leading, other: Position): Promise<void> {
    await client.query('begin');
    try {
      await renewLease(client, lease);
      await repairRows(client, position.generation, other.generation, this.differences);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  private async takeOver(build: GenerationBuild): Promise<string> {
    const { leading } = this.surroundings;
    const { order } = this.progress;
    if (this.differences.length > 0 && !order.acceptDifferences) {
      throw new JobFailed(
        `${this.differences.length} differences between the live generation and the new one: not switched`,
      );
    }
    this.progress.enter('switching');
    await leading.betweenBatches(async () => {
      await this.meet(build, leading);
      await switchGeneration(leading.client, leading.lease, build.position);
      leading.position = build.position;
    });
    return `generation ${build.position.generation} is live`;
  }
}

/** Removes what a finished job leaves behind that nobody needs: the generation of a verification, or of a failed rebuild. */
export async function dropUnused(databaseUrl: string, generation: number): Promise<void> {
  const client = await connectWriter(databaseUrl, STATEMENT_TIMEOUT_MS);
  try {
    await dropGeneration(client, generation);
  } finally {
    await disconnectWriter(client);
  }
}
