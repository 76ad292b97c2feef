import type { ClientBase } from 'pg';
import type { JobKind } from '../job.js';
import type { Logger } from '#service-runtime/logger.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Projection } from '../projection.js';
import type { DatabaseLimit } from '../settings.js';
import { measureFreeSpace } from '../store/free-space.js';
import { databaseBytes, neededBytes } from '../store/needed-bytes.js';

/** It is not known whether there is room. */
class DiskSpaceUnknown extends ServiceError {}

export interface WantedSpace {
  readonly projection: Projection;
  /** The live generation: its size gives the estimate. */
  readonly live: number;
  readonly kind: JobKind;
  readonly limit: DatabaseLimit;
}

/**
 * Refuses a job if there may be no room for its generation: a full disk stops the live generation too.
 * @throws {ServiceError} 409 with the bytes needed, the bytes free, and advice; {@link DiskSpaceUnknown} if the free space is not known
 */
export async function ensureDiskSpace(
  client: ClientBase,
  { projection, live, kind, limit }: WantedSpace,
): Promise<void> {
  if (limit === 'unlimited') return;
  const needed = await neededBytes(client, projection, live, kind);
  if (needed === 0) return;
  if (limit !== null) {
    const taken = await databaseBytes(client);
    if (taken + needed > limit)
      throw new ServiceError(
        409,
        `There is no room: the ${kind} needs about ${bytes(needed)}, the database has ${bytes(taken)} and DATABASE_MAX_BYTES allows ${bytes(limit)}.`,
      );
    return;
  }
  const free = await measureFreeSpace(client);
  if ('why' in free)
    throw new DiskSpaceUnknown(
      409,
      `It is not known whether there is room for the ${kind} (about ${bytes(needed)}): ${free.why}. Set the projector's DATABASE_MAX_BYTES to the largest allowed size of the database, or send the order again without the check (--skip-disk-check).`,
    );
  if (needed > free.bytes)
    throw new ServiceError(
      409,
      `There is no room: the ${kind} needs about ${bytes(needed)}, and the disk of the database has ${bytes(free.bytes)} left.`,
    );
}

/**
 * The same for a job that a setting starts. No operator can answer, so if the free space is not known, the job begins and the log says so.
 * @throws {ServiceError} 409 where there is too little
 */
export async function ensureDiskSpaceUnattended(
  client: ClientBase,
  wanted: WantedSpace,
  logger: Logger,
): Promise<void> {
  try {
    await ensureDiskSpace(client, wanted);
  } catch (error) {
    if (!(error instanceof DiskSpaceUnknown)) throw error;
    logger.warn(`${error.message} The job begins without this check, because a setting started it.`);
  }
}

export function bytes(value: number): string {
  return `${new Intl.NumberFormat('en').format(value)} bytes`;
}
