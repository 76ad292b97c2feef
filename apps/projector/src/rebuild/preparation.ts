import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { tableNames } from '#read-model/generation-tables.js';
import type { JobPhase, StoredJob } from '#read-model/job.js';
import type { Position } from '../consume/position.js';
import type { BuildSource } from './build-reader.js';
import { GenerationBuild, type BuildParts } from './generation-build.js';
import { missingIndexesSql } from './generations.js';
import type { JobProgress } from './job-progress.js';
import { readArchive } from './read-archive.js';

/** Filling is over when the live generation has moved by no more than this meanwhile. */
const NEAR_EVENTS = 1_000;
const POLL_MS = 100;

/** The live generation, as far as one that is to take its place must know. */
export interface LiveGeneration {
  readonly position: Position;
  /** Set while the stream is not the one the position belongs to: the two cannot be compared then. */
  readonly isHalted: boolean;
}

/** The stream to read, as it is now. */
export type StreamNow = BuildSource & { readonly head: number };

/** Brings a generation near the live one: filled, indexed, caught up. Every step can be begun again where a former worker died. */
export class Preparation {
  constructor(
    private readonly parts: BuildParts,
    private readonly source: StreamNow,
    private readonly live: LiveGeneration,
    private readonly progress: JobProgress,
    private readonly order: StoredJob,
  ) {}

  /** @returns the build, to be closed by the caller @throws {JobFailed} for good, or whatever went wrong on the way */
  async run(): Promise<GenerationBuild> {
    const build = await this.begin();
    try {
      await this.fill(build);
      if (this.order.kind === 'rebuild') await this.index(build.client);
      await this.enter('catching up');
      await this.fill(build);
      return build;
    } catch (error) {
      await build.close();
      throw error;
    }
  }

  async enter(phase: JobPhase): Promise<void> {
    this.progress.enter(phase);
    await this.parts.keep({ phase });
  }

  private async begin(): Promise<GenerationBuild> {
    const { parts, source, order, progress } = this;
    await this.enter('filling');
    if (order.stream !== null)
      while (!(await readArchive(parts, order.stream, source, order, progress))) await progress.pauseOrEnd();
    return GenerationBuild.open(parts, source, order);
  }

  private get target(): number {
    return this.live.isHalted ? this.source.head : this.live.position.sequence;
  }

  /** Reads until the live generation is near; a stopped live generation is reached altogether. */
  private async fill(build: GenerationBuild): Promise<void> {
    const { progress, source } = this;
    for (;;) {
      const { target } = this;
      const show = (position: number) => progress.reached(source.stream, position, target);
      const isHeldUp = () => progress.isHeldUp;
      const isFed = await build.feedTo(Math.max(target, build.completeFrom), isHeldUp, show);
      const isThere = isFed && (await build.sweep(isHeldUp));
      await progress.pauseOrEnd();
      if (isThere && this.target - target <= NEAR_EVENTS && this.canMeet(build)) return;
      if (isThere) await sleep(POLL_MS);
    }
  }

  /** A live generation that is behind must first come to where the new one holds everything. */
  private canMeet({ completeFrom }: GenerationBuild): boolean {
    return this.live.isHalted || this.live.position.sequence >= completeFrom;
  }

  private async index(client: pg.Client): Promise<void> {
    await this.enter('indexing');
    await client.query(`set maintenance_work_mem = '256MB'`);
    for (const statement of missingIndexesSql(this.parts.generation)) {
      await client.query(statement);
      await this.progress.pauseOrEnd();
    }
    await client.query(`vacuum (analyze) ${tableNames(this.parts.generation).join(', ')}`);
  }
}
