import { jetstreamManager } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import type { Client, Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { JobOrder, JobStatus, StoredJob } from '#read-model/job.js';
import { findStream } from '../consume/stream.js';
import { fenced } from '../lead/fenced.js';
import type { Leading } from '../lead/leading.js';
import { createGeneration, listGenerations, previousOf, saveJob } from '../rebuild/generations.js';
import { ensureRoom, ensureRoomUnattended } from '../rebuild/room/ensure-room.js';
import type { ProjectorSettings } from '../settings.js';
import { goBackAsItIs } from './go-back-as-it-is.js';

export interface StartOptions {
  /** The operator knows that there is room. */
  readonly skipDiskCheck?: boolean;
  /** Configuration asks for it, no operator. */
  readonly isUnattended?: boolean;
  /** The operator knows that the generation to go back to will not be kept up to date. */
  readonly acceptStale?: boolean;
}

/** A job with the generation to work on, or how it ended where there was nothing to work on. */
export type Begun =
  { readonly generation: number; readonly job: StoredJob; readonly end?: undefined } | { readonly end: JobStatus };

/** Checks whether a job may begin, and stores it so that any leader goes on with it. */
export class NewJobs {
  constructor(
    private readonly pool: Pool,
    private readonly link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly logger: Logger,
  ) {}

  /** @throws {ServiceError} 409 where another schema, another stream or the room forbids it, 404 for a stream that is not there, 403 for one that may not be read */
  async begin(leading: Leading, order: JobOrder, options: StartOptions): Promise<Begun> {
    if (order.kind === 'verify' && leading.isOtherSchema)
      throw new ServiceError(409, 'The live generation is of another schema version: rebuild it first.');
    // Told before the whole stream is read for nothing.
    if (order.kind === 'verify' && leading.isHalted)
      throw new ServiceError(
        409,
        'The stream is not the one the read model was made from, so nothing can be compared: bring that one back, or rebuild.',
      );
    await this.checkStream(order);
    if (!options.skipDiskCheck) await this.ensureRoom(leading, order, options);
    const job: StoredJob = { ...order, startedAt: new Date().toISOString(), wish: 'run', phase: 'filling' };
    if (order.kind === 'rollback') {
      const end = await this.goBackAsItIs(leading, job, options);
      if (end) return { end };
    }
    const generation = await leading.betweenBatches(({ client, lease }) =>
      fenced(client, lease, () => store(client, job)),
    );
    return { generation, job };
  }

  private async goBackAsItIs(leading: Leading, job: StoredJob, options: StartOptions): Promise<JobStatus | undefined> {
    const manager = await jetstreamManager(await this.link.connected());
    const info = await findStream(manager, this.settings.stream.stream);
    const { maxLossPercent } = this.settings;
    return leading.betweenBatches((now) =>
      goBackAsItIs(now, job, { ...options, maxLossPercent, created: info?.created }),
    );
  }

  private async checkStream({ stream }: JobOrder): Promise<void> {
    if (stream === null) return;
    if (stream === this.settings.stream.stream)
      throw new ServiceError(
        409,
        `${stream} is the projector's own stream, which is read anyway: leave the stream out.`,
      );
    const manager = await jetstreamManager(await this.link.connected());
    const found = await findStream(manager, stream).catch((error: unknown) => {
      throw mayNotAsk(error) ? noRightsTo(stream, error) : error;
    });
    if (!found) throw new ServiceError(404, `There is no stream ${stream}.`);
  }

  private async ensureRoom(leading: Leading, { kind }: JobOrder, { isUnattended }: StartOptions): Promise<void> {
    const client = await this.pool.connect();
    try {
      const check = [client, leading.position.generation, kind, this.settings.databaseMaxBytes] as const;
      await (isUnattended ? ensureRoomUnattended(this.logger, ...check) : ensureRoom(...check));
    } finally {
      client.release();
    }
  }
}

function mayNotAsk(error: unknown): boolean {
  if (error instanceof errors.PermissionViolationError) return true;
  return error instanceof Error && error.cause !== undefined && mayNotAsk(error.cause);
}

function noRightsTo(stream: string, cause: unknown): ServiceError {
  const message = `The projector has no right to read the stream ${stream}: its login on NATS may not publish $JS.API.STREAM.INFO.${stream}.`;
  return new ServiceError(403, message, { cause });
}

/** Inside the leader's loop and a transaction: nobody else begins one meanwhile. @returns the generation to work on */
async function store(client: Client, job: StoredJob): Promise<number> {
  if (job.kind !== 'rollback') return createGeneration(client, job);
  const previous = previousOf(await listGenerations(client));
  if (!previous) throw new ServiceError(409, 'There is no previous generation to go back to.');
  await saveJob(client, previous.number, job);
  return previous.number;
}
