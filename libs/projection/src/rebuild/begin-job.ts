import { jetstreamManager } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import type { Client } from 'pg';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Engine } from '../engine.js';
import type { JobOrder, JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { createGeneration, mayBeginJob } from '../store/generations.js';
import { saveJob } from '../store/jobs.js';
import { positionOf } from '../store/position.js';
import { fenced, inTransaction } from '../store/transaction.js';
import type { Position } from '../stream/position.js';
import { findStream } from '../stream/stream.js';
import { changeSinceGoingBack, ensureNoLossIsPassedOver } from './change-going-back.js';
import { ensureDiskSpace, ensureDiskSpaceUnattended } from './ensure-disk-space.js';
import { previousToGoBackTo, rollBackAsItIs } from './roll-back-as-it-is.js';

export interface StartOptions {
  /** The operator knows that there is room. */
  readonly skipDiskCheck?: boolean;
  /** A setting starts the job, not an operator. */
  readonly isUnattended?: boolean;
  /** The operator knows that no projector will keep the previous generation up to date. */
  readonly acceptStale?: boolean;
  /** Called directly before anything is stored or changed. If it throws, nothing is. */
  readonly begin?: () => void;
}

/** A job with the generation to work on, or how it ended if there was nothing to work on. */
export type Begun =
  { readonly generation: number; readonly job: StoredJob; readonly end?: undefined } | { readonly end: JobStatus };

/**
 * Checks whether a job may begin, and stores it so that any leader can continue it.
 * @throws {ServiceError} 409 where another schema, another stream or the disk space forbids it, 404 for a stream that does not exist, 403
 * for one that may not be read
 */
export async function beginJob(
  engine: Engine,
  leading: Leadership,
  order: JobOrder,
  options: StartOptions,
): Promise<Begun> {
  if (order.kind === 'verify' && leading.isOtherSchema)
    throw new ServiceError(409, 'The live generation is of another schema version: rebuild it first.');
  // Refused before the job reads the whole stream in vain.
  if (order.kind === 'verify' && leading.isHalted)
    throw new ServiceError(
      409,
      'The stream is not the one the read model was made from, so nothing can be compared: bring that one back, or rebuild.',
    );
  if (order.stream !== null) await checkArchive(engine, order.stream);
  if (!options.skipDiskCheck) await checkDiskSpace(engine, leading, order, options);
  const job: StoredJob = {
    ...order,
    startedAt: new Date().toISOString(),
    requested: 'run',
    phase: 'filling',
    mustBeCompared: !leading.isHalted,
  };
  if (order.kind === 'rollback') {
    const end = await tryGoingBack(engine, leading, job, options);
    if (end) return { end };
  }
  const generation = await leading.betweenBatches(async ({ client, lease }) => {
    options.begin?.();
    return fenced(client, lease, () => store(client, engine.projection, job));
  });
  return { generation, job };
}

async function tryGoingBack(
  { link, settings, projection }: Engine,
  leading: Leadership,
  job: StoredJob,
  options: StartOptions,
): Promise<JobStatus | undefined> {
  const previous = await leading.betweenBatches(({ client }) =>
    inTransaction(client, async () => positionOf(client, (await previousToGoBackTo(client, projection)).number)),
  );
  const to = doubted(previous, leading.position);
  const manager = await jetstreamManager(await link.connected());
  const change = await link.answer(changeSinceGoingBack(projection, manager, settings.stream.stream, to));
  if (!change && !options.acceptStale)
    await link.answer(ensureNoLossIsPassedOver(projection, manager, to, leading.position));
  const { maxLossPercent } = settings;
  return leading.betweenBatches(async (leadership) => {
    options.begin?.();
    return rollBackAsItIs(leadership, job, to, { ...options, maxLossPercent, change });
  });
}

/** What the live generation has seen of the stream is true for an earlier position in it, too. */
function doubted(to: Position, { stream, streamCreated, doubts = [] }: Position): Position {
  if (to.stream !== stream || to.streamCreated !== streamCreated) return to;
  return { ...to, doubts: [...new Set([...(to.doubts ?? []), ...doubts])] };
}

async function checkArchive({ settings, link }: Engine, stream: string): Promise<void> {
  if (stream === settings.stream.stream)
    throw new ServiceError(409, `${stream} is the projector's own stream, which is read anyway: leave the stream out.`);
  const manager = await jetstreamManager(await link.connected());
  const found = await findStream(manager, stream).catch((error: unknown) => {
    throw mayNotAsk(error) ? noRightsTo(stream, error) : error;
  });
  if (!found) throw new ServiceError(404, `There is no stream ${stream}.`);
}

async function checkDiskSpace(
  { pool, projection, settings, logger }: Engine,
  leading: Leadership,
  { kind }: JobOrder,
  { isUnattended }: StartOptions,
): Promise<void> {
  const client = await pool.connect();
  try {
    const wanted = { projection, live: leading.position.generation, kind, limit: settings.databaseMaxBytes };
    await (isUnattended ? ensureDiskSpaceUnattended(client, wanted, logger) : ensureDiskSpace(client, wanted));
  } finally {
    client.release();
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

/**
 * Runs in the leader's loop and in a transaction: no other job can begin meanwhile.
 * @returns the generation to work on
 * @throws {ServiceError} 409 if a newer release has just begun its own job
 */
async function store(client: Client, projection: Projection, job: StoredJob): Promise<number> {
  if (!(await mayBeginJob(client, projection)))
    throw new ServiceError(409, 'Another job has just begun: wait for it or cancel it.');
  if (job.kind !== 'rollback') return createGeneration(client, projection, job);
  const { number } = await previousToGoBackTo(client, projection);
  await saveJob(client, number, job);
  return number;
}
