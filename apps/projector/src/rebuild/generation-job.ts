import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import { streamNow } from '../consume/stream.js';
import { ReplayedLetters } from '../dead-letters/replayed-letters.js';
import { fenced } from '../lead/fenced.js';
import type { Leading } from '../lead/leading.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../lead/patience.js';
import { connectWriter, disconnectWriter } from '../lead/writer-client.js';
import { buildFence } from './build-fence.js';
import { compareGenerations } from './compare-generations.js';
import type { BuildParts, GenerationBuild } from './generation-build.js';
import { changeJob } from './generations.js';
import { JobFailed } from './job-ended.js';
import type { Difference, JobPhase, StoredJob } from '#read-model/job.js';
import { Preparation, type StreamNow } from './preparation.js';
import type { JobProgress } from './job-progress.js';
import { LossGate } from './loss-gate.js';
import { atOnePosition } from './one-position.js';
import { connectForComparison, takeSnapshot } from './snapshot-client.js';
import { switchGeneration } from './switch-generation.js';
import { MAX_REPAIRS, Verification } from './verification.js';

export interface JobSurroundings {
  readonly databaseUrl: string;
  readonly connection: NatsConnection;
  readonly leading: Leading;
  readonly source: StreamNow;
  readonly logger: Logger;
  /** The share of the list that may go by a switch that nothing proves to be right. */
  readonly maxLossPercent: number;
}

/**
 * Makes a generation beside the live one, proves that both agree at one position, and then does what the order says: takes its
 * place, or only reports. Every step can be begun again where a former worker died.
 */
export class GenerationJob {
  private differences: Difference[] = [];
  /** Whether the live generation and the new one were found to be the same. */
  private isProven = false;
  /** After a change of the stream the live generation's position means nothing in it. */
  private readonly isComparable: boolean;
  private letters: ReplayedLetters | undefined;

  constructor(
    private readonly surroundings: JobSurroundings,
    private readonly progress: JobProgress,
    private readonly order: StoredJob,
  ) {
    this.isComparable = !surroundings.leading.isHalted;
  }

  /** @throws {JobFailed} for good, or whatever went wrong on the way; the live generation is as it was */
  async run(): Promise<string> {
    await this.progress.pauseOrEnd();
    const client = await connectWriter(this.surroundings.databaseUrl, WHOLE_TABLE_TIMEOUT_MS);
    try {
      return await this.work(client);
    } finally {
      await disconnectWriter(client);
    }
  }

  private async work(client: pg.Client): Promise<string> {
    const { connection, leading, source } = this.surroundings;
    const { kind } = this.order;
    const { generation } = this.progress;
    const fence = buildFence(leading.lease, generation);
    // On the leader's own connection: another one that wants the lock on the lease starves while batch follows batch.
    const keep = (change: Partial<StoredJob>) =>
      leading.betweenBatches((now) =>
        fenced(now.client, now.lease, async () => void (await changeJob(now.client, generation, change))),
      );
    const parts = { client, fence, keep, connection, generation };
    const build = await new Preparation(parts, source, leading, this.progress, this.order).run();
    try {
      this.letters = await ReplayedLetters.apply(parts, source, leading);
      if (kind !== 'rollback' && this.isComparable) await this.prove(build, parts);
      return kind === 'verify' ? await this.verification(build, parts).conclude() : await this.takeOver(build, parts);
    } finally {
      await build.close();
    }
  }

  private async enter(parts: BuildParts, phase: JobPhase): Promise<void> {
    this.progress.enter(phase);
    await parts.keep({ phase });
  }

  /** Work while the live generation stands still; where the two can be compared, both are at one position. */
  private standStill<T>(build: GenerationBuild, work: (leading: Leading) => Promise<T>): Promise<T> {
    const { isComparable, progress } = this;
    const { leading } = this.surroundings;
    const applyLetters = async () => {
      this.ensureSameStream();
      await this.letters?.applyLater();
    };
    return atOnePosition({ build, leading, progress, isComparable, applyLetters }, work);
  }

  /** @throws when the stream has changed since this was begun, or is back: the job begins again then */
  private ensureSameStream(): void {
    if (this.surroundings.leading.isHalted === this.isComparable)
      throw new Error('the stream is not what it was when this was begun');
  }

  private async prove(build: GenerationBuild, parts: BuildParts): Promise<void> {
    await this.enter(parts, 'proving');
    await this.inSnapshot(build, (snapshot) => {
      this.progress.comparing();
      return this.compare(snapshot, build, (difference) => {
        this.progress.found(difference);
        if (this.differences.length <= MAX_REPAIRS) this.differences.push(difference);
      });
    });
    this.isProven = this.differences.length === 0;
    await this.progress.pauseOrEnd();
  }

  /** Does something where both generations can be seen at one position, while everything goes on. */
  private async inSnapshot<T>(build: GenerationBuild, work: (snapshot: pg.Client) => Promise<T>): Promise<T> {
    const snapshot = await connectForComparison(this.surroundings.databaseUrl);
    try {
      await this.standStill(build, () => takeSnapshot(snapshot));
      return await work(snapshot);
    } finally {
      await snapshot.end().catch(() => undefined);
    }
  }

  private compare(snapshot: pg.Client, build: GenerationBuild, found: (difference: Difference) => void): Promise<void> {
    const { leading } = this.surroundings;
    const [live, other] = [leading.position.generation, build.position.generation];
    return compareGenerations(snapshot, live, other, leading.isOtherSchema, (difference) => {
      found(difference);
      if (this.progress.ending) throw this.progress.ending;
    });
  }

  private verification(build: GenerationBuild, parts: BuildParts): Verification {
    if (!this.isComparable)
      throw new JobFailed('the stream is not the one the read model was made from: nothing can be compared');
    return new Verification(this.surroundings, this.progress, this.order, this.differences, {
      folded: () => build.position,
      enter: (phase) => this.enter(parts, phase),
      standStill: (work) => this.standStill(build, work),
      inSnapshot: (work) => this.inSnapshot(build, work),
      compare: (snapshot, found) => this.compare(snapshot, build, found),
    });
  }

  private async takeOver(build: GenerationBuild, parts: BuildParts): Promise<string> {
    if (this.differences.length > 0 && !this.order.acceptDifferences) {
      throw new JobFailed(
        `${this.differences.length} differences between the live generation and the new one: not switched`,
      );
    }
    await this.enter(parts, 'switching');
    const message = `generation ${build.position.generation} is live`;
    const isExempt = this.isProven || this.order.acceptLoss;
    const gate = isExempt ? undefined : new LossGate(this.surroundings, this.progress, parts);
    for (;;) {
      await gate?.untilConfirmed(() => this.feedOn(build));
      const isSwitched = await this.standStill(build, async (leading) => {
        if (await gate?.unconfirmed()) return false;
        await switchGeneration(leading.client, leading.lease, build.position, this.progress.asEnded('done', message));
        leading.position = build.position;
        return true;
      });
      if (isSwitched) return message;
    }
  }

  /** While the job waits for an operator the new generation is fed on: enough tokens may come into it. */
  private async feedOn(build: GenerationBuild): Promise<void> {
    this.ensureSameStream();
    const { leading, connection, source } = this.surroundings;
    const target = this.isComparable ? leading.position.sequence : await headOf(connection, source.stream);
    await build.feedTo(
      target,
      () => this.progress.isHeldUp,
      () => undefined,
    );
  }
}

async function headOf(connection: NatsConnection, stream: string): Promise<number> {
  return (await streamNow(await jetstreamManager(connection), stream)).state.last_seq;
}
