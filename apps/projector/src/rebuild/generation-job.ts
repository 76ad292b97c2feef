import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import type { Position } from '../consume/position.js';
import type { Leading } from '../lead/leading.js';
import { checkLease, renewLease } from '../lead/lease.js';
import { connectWriter, disconnectWriter } from '../lead/writer-client.js';
import { compareGenerations } from './compare-generations.js';
import type { GenerationBuild } from './generation-build.js';
import { changeJob, dropGeneration } from './generations.js';
import { JobFailed } from './job-ended.js';
import type { Difference, JobPhase, StoredJob } from '#read-model/job.js';
import { Preparation, type StreamNow } from './preparation.js';
import type { JobProgress } from './job-progress.js';
import { repairRows } from './repair-rows.js';
import { openSnapshot } from './snapshot-client.js';
import { switchGeneration } from './switch-generation.js';

/** An index build or a vacuum of a large table takes its time. */
const STATEMENT_TIMEOUT_MS = 3_600_000;
/** More differences than this are a case for a rebuild, not for a repair. */
const MAX_REPAIRS = 100_000;

export interface JobSurroundings {
  readonly databaseUrl: string;
  readonly connection: NatsConnection;
  readonly leading: Leading;
  readonly source: StreamNow;
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
    private readonly order: StoredJob,
  ) {}

  /** @throws {JobFailed} for good, or whatever went wrong on the way; the live generation is as it was */
  async run(): Promise<string> {
    await this.progress.pauseOrEnd();
    const client = await connectWriter(this.surroundings.databaseUrl, STATEMENT_TIMEOUT_MS);
    try {
      return await this.work(client);
    } finally {
      await disconnectWriter(client);
    }
  }

  private async work(client: pg.Client): Promise<string> {
    const { connection, leading, source } = this.surroundings;
    const { kind } = this.order;
    const fence = (writer: pg.Client) => checkLease(writer, leading.lease);
    const parts = { client, fence, connection, generation: this.progress.generation };
    const build = await new Preparation(parts, source, leading, this.progress, this.order).run();
    try {
      if (kind !== 'rollback' && this.isComparable) await this.prove(build);
      return kind === 'verify' ? await this.concludeVerification(build) : await this.takeOver(build);
    } finally {
      await build.close();
    }
  }

  private async enter(client: pg.Client, phase: JobPhase): Promise<void> {
    this.progress.enter(phase);
    await changeJob(client, this.progress.generation, { phase });
  }

  /** After a change of the stream the live generation's position means nothing in it. */
  private get isComparable(): boolean {
    return !this.surroundings.leading.isHalted;
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
    await this.enter(build.client, 'proving');
    const { databaseUrl, leading } = this.surroundings;
    const snapshot = await leading.betweenBatches(async () => {
      await this.meet(build, leading);
      return openSnapshot(databaseUrl);
    });
    try {
      this.progress.comparing();
      await compareGenerations(
        snapshot,
        leading.position.generation,
        build.position.generation,
        leading.isOtherSchema,
        (difference) => {
          this.progress.found(difference);
          if (this.differences.length <= MAX_REPAIRS) this.differences.push(difference);
          if (this.progress.ending) throw this.progress.ending;
        },
      );
    } finally {
      await snapshot.end().catch(() => undefined);
    }
    await this.progress.pauseOrEnd();
  }

  private async concludeVerification(build: GenerationBuild): Promise<string> {
    if (!this.isComparable)
      throw new JobFailed('the stream is not the one the read model was made from: nothing can be compared');
    const { leading, connection, source } = this.surroundings;
    const found = this.differences.length;
    const at = `at position ${build.position.sequence}`;
    if (found === 0) return `no differences ${at}`;
    const gone = this.order.stream === null ? await messagesGone(connection, source.stream) : 0;
    const because = `the stream ${source.stream} no longer holds ${gone} of its messages, and rows that they made look like differences`;
    if (!this.order.repair) return `${found} differences ${at}${gone > 0 ? `; ${because}` : ''}`;
    // A row that the stream tells nothing of any more is no proof that it is wrong.
    if (gone > 0)
      throw new JobFailed(
        `${found} differences ${at} are not repaired: ${because}; name an archive that holds them (--stream), or take the stream as it is by a rebuild with --accept-differences`,
      );
    if (found > MAX_REPAIRS) throw new JobFailed(`more than ${MAX_REPAIRS} differences: rebuild instead of repairing`);
    await this.enter(build.client, 'repairing');
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
    if (this.differences.length > 0 && !this.order.acceptDifferences) {
      throw new JobFailed(
        `${this.differences.length} differences between the live generation and the new one: not switched`,
      );
    }
    await this.enter(build.client, 'switching');
    const message = `generation ${build.position.generation} is live`;
    await leading.betweenBatches(async () => {
      await this.meet(build, leading);
      await switchGeneration(leading.client, leading.lease, build.position, this.progress.asEnded('done', message));
      leading.position = build.position;
    });
    return message;
  }
}

/** How many of the messages that a stream ever had are not in it any more. */
async function messagesGone(connection: NatsConnection, stream: string): Promise<number> {
  const { state } = await (await jetstreamManager(connection)).streams.info(stream);
  return state.last_seq - state.messages;
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
