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
import type { Place } from '../stream/position.js';
import { changeSince } from '../stream/source-check.js';
import { findStream, streamNow } from '../stream/stream.js';
import { cancelledWithJob } from './cancelled-with-job.js';
import { compareGenerations } from '../store/proof/compare-generations.js';
import type { BuildParts, GenerationBuild } from './generation-build.js';
import { JobsStreamChanged } from '../job-ended.js';
import type { JobProgress } from './job-progress.js';
import { atOnePosition } from './one-position.js';
import type { ReplayedLetters } from './replayed-letters.js';
import type { StreamNow, Work } from './work.js';

/** The objects that all phases use. A leader can pause the live generation and compare it with the new one. */
export class LeadersWork implements Work {
  build: GenerationBuild | undefined;
  letters: ReplayedLetters | undefined;
  /** The position of both generations when they were compared; undefined before. */
  provenAt: number | undefined;
  /** The differences between the live generation and the new one; undefined before the comparison. */
  differences: readonly Difference[] | undefined;
  readonly parts: BuildParts;
  readonly source: StreamNow;
  /** If the stream was replaced, the live generation's position has no meaning in the new stream. */
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
   * @param stored the stored job: an earlier worker may have changed it
   * @throws {JobsStreamChanged} if there is no stream to read, or the job was ordered for another one
   */
  static async open(engine: Engine, live: Leadership, progress: JobProgress, stored: StoredJob): Promise<LeadersWork> {
    const { projection, settings, link } = engine;
    const { generation, order } = progress;
    const { startedAt } = order;
    ensureOrderHolds(live, stored);
    const connection = await link.connected();
    const info = await findStream(await jetstreamManager(connection), settings.stream.stream);
    if (!info) throw noStream(live, settings.stream.stream);
    const source = { stream: info.config.name, streamCreated: info.created, head: info.state.last_seq };
    await progress.pauseOrEnd();
    const client = await connectWriter(settings.databaseUrl, WHOLE_TABLE_TIMEOUT_MS, projection.words.projector);
    const fence = buildFence(live.lease, generation);
    // Uses the leader's own connection: another connection that wants the lock on the lease would wait without end while batch follows
    // batch.
    const keep = (change: Partial<StoredJob>) =>
      live.betweenBatches((now) =>
        fenced(now.client, now.lease, () => changeJob(now.client, { generation, startedAt }, change)),
      );
    const parts = { projection, client, fence, keep, connection, generation };
    return new LeadersWork(engine, live, progress, { ...order, ...stored }, { parts, source });
  }

  async close(): Promise<void> {
    try {
      await this.build?.close();
    } finally {
      await disconnectWriter(this.parts.client);
    }
  }

  /** The stored generation, and the job it is made for. */
  static async stored({ projection }: Engine, live: Leadership, generation: number) {
    const generations = await live.betweenBatches(({ client }) => listGenerations(client, projection));
    return generations.find(({ number }) => number === generation);
  }

  /**
   * Where the new generation has to be: at the live one's position if the two can be compared, else at the end of its stream.
   * @throws if the stream has changed since this work began: no leader checks it against the new generation before the switch
   */
  async goal(): Promise<Place> {
    const { sequence, fingerprint } = this.live.position;
    if (this.isComparable) return { sequence, fingerprint };
    const { created, state } = await streamNow(await jetstreamManager(this.parts.connection), this.source.stream);
    if (created !== this.source.streamCreated || state.last_seq < this.build!.position.sequence) throw notTheSame();
    return { sequence: state.last_seq, fingerprint: null };
  }

  /** Runs work while the live generation is paused and the new one is where it has to be. */
  withLivePaused<T>(work: (leading: Leadership) => Promise<T>): Promise<T> {
    const { progress, live: leading } = this;
    const goal = () => this.goal();
    const applyLetters = async () => {
      await this.ensureSameStream();
      await this.letters?.applyLater();
    };
    return atOnePosition({ build: this.build!, leading, progress, goal, applyLetters }, work);
  }

  /**
   * A halted leader looks at the stream from time to time only, so this looks for itself whether the stream is the live generation's again:
   * to switch then would lose what only the live generation holds.
   * @throws if the stream has changed, or come back, since this work began: the job then begins again
   */
  async ensureSameStream(): Promise<void> {
    if (this.live.isHalted === this.isComparable) throw notTheSame();
    if (this.isComparable) return;
    const manager = await jetstreamManager(this.parts.connection);
    if (!(await changeSince(this.engine.projection, manager, this.source.stream, this.live.position)))
      throw notTheSame();
  }

  /** Runs work on a snapshot with both generations at one position. Both continue meanwhile. */
  async inSnapshot<T>(work: (snapshot: pg.Client) => Promise<T>): Promise<T> {
    const { settings, projection } = this.engine;
    const snapshot = await connectForComparison(settings.databaseUrl, projection.words.projector);
    try {
      const process = await this.withLivePaused(() => takeSnapshot(snapshot));
      return await cancelledWithJob(this, process, () => work(snapshot));
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

/** A job must not switch for another reason than the one that it was ordered for. @throws {JobsStreamChanged} */
function ensureOrderHolds(live: Leadership, { mustBeCompared }: StoredJob): void {
  if (mustBeCompared && live.isHalted)
    throw new JobsStreamChanged(
      'the stream is no longer the one of the live generation: an operator must decide whether to rebuild from it',
    );
  if (mustBeCompared === false && !live.isHalted)
    throw new JobsStreamChanged(
      'the stream is the one of the live generation again, and the job was ordered because it was not: nothing is changed',
    );
}

/** The leader decides whether the stream is gone: one answer may come from a server that does not know yet. */
function noStream({ isHalted }: Leadership, stream: string): Error {
  const message = `the stream ${stream} does not exist: there is nothing to read from`;
  return isHalted ? new JobsStreamChanged(message) : new Error(message);
}

function notTheSame(): Error {
  return new Error('the stream is not what it was when this was begun');
}
