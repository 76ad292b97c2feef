import { jetstreamManager } from '@nats-io/jetstream';
import type { Client, Pool } from 'pg';
import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import type { StoredJob } from '#read-model/job.js';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { readPosition } from '../consume/position.js';
import { findStream } from '../consume/stream.js';
import { inTransaction } from '../lead/fenced.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../lead/patience.js';
import { connectWriter, disconnectWriter } from '../lead/writer-client.js';
import { dropUnused } from '../rebuild/drop-unused.js';
import { changeJob, createGeneration, endJob, listGenerations, type GenerationRow } from '../rebuild/generations.js';
import { JobCancelled, JobFailed } from '../rebuild/job-ended.js';
import { JobProgress } from '../rebuild/job-progress.js';
import { PLAIN_REBUILD } from '../rebuild/plain-rebuild.js';
import { Preparation } from '../rebuild/preparation.js';
import { ensureRoomUnattended } from '../rebuild/room/ensure-room.js';
import type { ProjectorSettings } from '../settings.js';
import { endLeftBehind, PREPARING_LOCK } from './abandoned-job.js';
import { jobInHand } from './job-in-hand.js';
import { JobWatch } from './job-watch.js';
import { LeaseWatch } from './lease-watch.js';
import { LivePosition } from './live-position.js';

/** Room may be made meanwhile. */
const AGAIN_AFTER_MS = 300_000;
/** For a projector of the release before to take the lease, if there is one: it can feed the live generation. */
const OLDER_FIRST_MS = 5_000;

/**
 * `lead`: everything is ready, take the lease from whoever has it. `wait`: not now. `stand by`: nothing is to be prepared; who leads
 * then can be told by an operator what to do.
 */
export type Prepared = 'lead' | 'wait' | 'stand by';

/**
 * For a release whose tables are newer than the live generation's. It cannot write those, so it does not lead before its own
 * generation is as good as ready; till then the projector of the release before goes on feeding the live one.
 */
export class SchemaChange {
  private notBefore = 0;
  private standByFrom = 0;
  private wasReady = false;
  private readonly lease: LeaseWatch;
  /** Whether this process is the one that prepares, of those that could. */
  private isPreparing = false;

  constructor(
    private readonly pool: Pool,
    private readonly link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly logger: Logger,
    /** Shows the job while this process works on it. @returns what ends the showing */
    private readonly show: (progress: JobProgress) => () => void,
  ) {
    this.lease = new LeaseWatch(pool);
  }

  /** Whether nobody has led for a while, so that operators have only this process to speak to. */
  get isInCharge(): boolean {
    return this.isPreparing && this.lease.freeForMs >= OLDER_FIRST_MS;
  }

  /** @throws whatever goes wrong around it; call it again */
  async prepare(): Promise<Prepared> {
    await this.lease.look();
    const prepared = await this.prepareNow();
    if (prepared !== 'wait') this.isPreparing = false;
    return prepared;
  }

  private async prepareNow(): Promise<Prepared> {
    const now = performance.now();
    if (now < this.notBefore) return now < this.standByFrom ? 'wait' : 'stand by';
    const client = await connectWriter(this.settings.databaseUrl, WHOLE_TABLE_TIMEOUT_MS);
    try {
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
        PREPARING_LOCK,
      ]);
      this.isPreparing = rows[0]!.mine;
      if (!this.isPreparing) return 'wait';
      return await this.prepareOn(client);
    } catch (error) {
      if (error instanceof JobFailed) this.letBe(Infinity);
      else if (error instanceof ServiceError) this.letBe(AGAIN_AFTER_MS);
      throw error;
    } finally {
      await disconnectWriter(client);
    }
  }

  private async prepareOn(client: Client): Promise<Prepared> {
    const generations = await listGenerations(client);
    // Somebody has gone back from it: that is not undone without being asked.
    if (generations.some(({ state, schemaVersion }) => state === 'previous' && schemaVersion >= SCHEMA_VERSION))
      return 'stand by';
    const inHand = jobInHand(generations);
    if (inHand && (inHand.schemaVersion !== SCHEMA_VERSION || inHand.job.kind !== 'rebuild'))
      return this.waitForTheEndOf(client, inHand);
    // This release led, and its rebuild ended without a switch: doing all of it again would end the same way.
    if (!inHand && this.wasReady) {
      this.logger.warn('the schema was not changed, and that is for an operator now: see tokenctl rebuild status');
      this.letBe(Infinity);
      return 'wait';
    }
    if (inHand && (await anotherMakesIt(client))) return 'wait';
    const { number, job } = inHand ?? (await this.begin(client, generations));
    await this.work(client, number, job);
    if (inHand && (await anotherMakesIt(client))) return 'wait';
    this.wasReady = true;
    return 'lead';
  }

  /** Whoever leads goes on with it. Where nobody has led for a while, it is ended: this release would wait for ever. */
  private async waitForTheEndOf(
    client: Client,
    unfinished: NonNullable<ReturnType<typeof jobInHand>>,
  ): Promise<'wait'> {
    if (!this.isInCharge) return 'wait';
    const { number: generation, job, schemaVersion } = unfinished;
    if (!(await inTransaction(client, () => endLeftBehind(client, unfinished)))) return 'wait';
    this.logger.warn({ generation, kind: job.kind, schemaVersion }, 'ended a job that another release left unfinished');
    if (job.kind !== 'rollback') await dropUnused(this.settings.databaseUrl, generation, whoeverLeads);
    return 'wait';
  }

  private letBe(ms: number): void {
    this.notBefore = performance.now() + ms;
    this.standByFrom = performance.now() + OLDER_FIRST_MS;
  }

  private async begin(client: Client, generations: readonly GenerationRow[]) {
    const live = generations.find(({ state }) => state === 'live')!;
    await ensureRoomUnattended(this.logger, client, live.number, 'rebuild', this.settings.databaseMaxBytes);
    const job: StoredJob = { ...PLAIN_REBUILD, startedAt: new Date().toISOString(), wish: 'run', phase: 'filling' };
    const number = await inTransaction(client, () => createGeneration(client, job));
    this.logger.info(
      { generation: number, schemaVersion: SCHEMA_VERSION, live: live.schemaVersion },
      'making the generation of this release beside the live one',
    );
    return { number, job };
  }

  private async work(client: Client, generation: number, job: StoredJob): Promise<void> {
    const progress = new JobProgress(job, generation);
    const watch = new JobWatch(this.pool, progress, this.settings.databaseMaxBytes);
    const hide = this.show(progress);
    const live = new LivePosition(this.pool, await readPosition(client));
    const unwatch = this.lease.watch();
    try {
      await watch.look();
      const connection = await this.link.connected();
      const { stream } = this.settings.stream;
      const info = await findStream(await jetstreamManager(connection), stream);
      if (!info) throw new Error(`the stream ${stream} does not exist`);
      const source = { stream, streamCreated: info.created, head: info.state.last_seq };
      const nobodyElse = () => Promise.resolve();
      const keep = async (change: Partial<StoredJob>) => void (await changeJob(client, generation, change));
      const parts = { client, fence: nobodyElse, keep, connection, generation };
      const build = await new Preparation(parts, source, live, progress, job).run();
      await build.close();
    } catch (error) {
      if (error instanceof JobFailed) await this.giveUp(client, progress, error);
      throw error;
    } finally {
      live.stop();
      unwatch();
      watch.stop();
      hide();
    }
  }

  private async giveUp(client: Client, progress: JobProgress, error: JobFailed): Promise<void> {
    const { generation } = progress;
    const end = progress.asEnded(error instanceof JobCancelled ? 'cancelled' : 'failed', error.message);
    await inTransaction(client, () => endJob(client, end));
    await dropUnused(this.settings.databaseUrl, generation, whoeverLeads);
  }
}

/**
 * Whether another projector of this release leads already, and goes on with the job in hand: who leads over a live generation that it cannot
 * write says so. Taking the lease from it would let its proof begin again here, and then there, for ever.
 */
async function anotherMakesIt(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from generation, projector_lease
    where state = 'live' and stale_because = 'schema-version' and expires_at >= clock_timestamp()`,
  );
  return rowCount === 1;
}

/** The generation of a job that has ended is needed by nobody. */
function whoeverLeads(): Promise<void> {
  return Promise.resolve();
}
