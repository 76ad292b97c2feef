import { jetstreamManager } from '@nats-io/jetstream';
import type pg from 'pg';
import type { Engine } from '../engine.js';
import type { Difference, StoredJob } from '../job.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../run/patience.js';
import type { Leadership } from '../run/leadership.js';
import { buildFence } from '../store/build-fence.js';
import { listGenerations } from '../store/generations.js';
import { changeJob } from '../store/jobs.js';
import { connectForComparison, takeSnapshot } from '../store/snapshot-client.js';
import { fenced } from '../store/transaction.js';
import { connectWriter, disconnectWriter } from '../store/writer-client.js';
import { findStream } from '../stream/stream.js';
import { compareGenerations } from './compare-generations.js';
import type { BuildParts, GenerationBuild } from './generation-build.js';
import { JobFailed } from './job-ended.js';
import type { JobProgress } from './job-progress.js';
import { atOnePosition } from './one-position.js';
import type { ReplayedLetters } from './replayed-letters.js';
import type { StreamNow, Work } from './work.js';

/** What all phases work with: a leader can let the live generation stand still, and compare it with the new one. */
export class LeadersWork implements Work {
  build: GenerationBuild | undefined;
  letters: ReplayedLetters | undefined;
  /** The differences between the live generation and the new one; undefined before they were compared. */
  differences: readonly Difference[] | undefined;
  readonly parts: BuildParts;
  readonly source: StreamNow;
  /** After a change of the stream the live generation's position means nothing in it. */
  readonly isComparable: boolean;

  private constructor(
    readonly engine: Engine,
    readonly live: Leadership,
    readonly progress: JobProgress,
    readonly order: StoredJob,
    { parts, source }: Pick<Work, 'parts' | 'source'>,
  ) {
    this.parts = parts;
    this.source = source;
    this.isComparable = !live.isHalted;
  }

  /**
   * @param stored what is kept of the job: an earlier worker may have added to it
   * @throws {JobFailed} where there is nothing to read from
   */
  static async open(engine: Engine, live: Leadership, progress: JobProgress, stored: StoredJob): Promise<LeadersWork> {
    const { projection, settings, link } = engine;
    const { generation } = progress;
    const connection = await link.connected();
    const info = await findStream(await jetstreamManager(connection), settings.stream.stream);
    if (!info)
      throw new JobFailed(`the stream ${settings.stream.stream} does not exist: there is nothing to read from`);
    const source = { stream: info.config.name, streamCreated: info.created, head: info.state.last_seq };
    await progress.pauseOrEnd();
    const client = await connectWriter(settings.databaseUrl, WHOLE_TABLE_TIMEOUT_MS, projection.words.projector);
    const fence = buildFence(live.lease, generation);
    // On the leader's own connection: another one that wants the lock on the lease starves while batch follows batch.
    const keep = (change: Partial<StoredJob>) =>
      live.betweenBatches((now) =>
        fenced(now.client, now.lease, async () => void (await changeJob(now.client, generation, change))),
      );
    const parts = { projection, client, fence, keep, connection, generation };
    return new LeadersWork(engine, live, progress, { ...progress.order, ...stored }, { parts, source });
  }

  async close(): Promise<void> {
    try {
      await this.build?.close();
    } finally {
      await disconnectWriter(this.parts.client);
    }
  }

  /** What the database says of the generation, and of the job it is made for. */
  static async stored({ projection }: Engine, live: Leadership, generation: number) {
    const generations = await live.betweenBatches(({ client }) => listGenerations(client, projection));
    return generations.find(({ number }) => number === generation);
  }

  /** Work while the live generation stands still; where the two can be compared, both are at one position. */
  standStill<T>(work: (leading: Leadership) => Promise<T>): Promise<T> {
    const { isComparable, progress, live: leading } = this;
    const applyLetters = async () => {
      this.ensureSameStream();
      await this.letters?.applyLater();
    };
    return atOnePosition({ build: this.build!, leading, progress, isComparable, applyLetters }, work);
  }

  /** @throws when the stream has changed since this was begun, or is back: the job begins again then */
  ensureSameStream(): void {
    if (this.live.isHalted === this.isComparable) throw new Error('the stream is not what it was when this was begun');
  }

  /** Does something where both generations can be seen at one position, while everything goes on. */
  async inSnapshot<T>(work: (snapshot: pg.Client) => Promise<T>): Promise<T> {
    const { settings, projection } = this.engine;
    const snapshot = await connectForComparison(settings.databaseUrl, projection.words.projector);
    try {
      await this.standStill(() => takeSnapshot(snapshot));
      return await work(snapshot);
    } finally {
      await snapshot.end().catch(() => undefined);
    }
  }

  compare(snapshot: pg.Client, found: (difference: Difference) => void): Promise<void> {
    const { position, isOtherSchema } = this.live;
    const sides = { live: position.generation, other: this.parts.generation, isOtherSchema };
    return compareGenerations(snapshot, this.parts.projection, sides, (difference) => {
      found(difference);
      if (this.progress.ending) throw this.progress.ending;
    });
  }
}
