import type pg from 'pg';
import { LOCK_NOT_AVAILABLE, sqlState } from '#service-runtime/postgres/postgres-errors.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Projection } from '../projection.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../run/patience.js';
import { connectWriter, disconnectWriter } from '../store/writer-client.js';
import { dropGeneration } from '../store/generations.js';
import { inTransaction } from '../store/transaction.js';

/**
 * Drops a generation that a finished job no longer needs: that of a verification, or of a failed rebuild.
 * @param fence rejects inside the transaction if its caller may not drop the generation (any more)
 * @returns false if there is nothing to drop: it is gone, it is live, or a job works on it
 * @throws {ServiceError} 503 while it is in use
 */
export async function dropUnused(
  databaseUrl: string,
  projection: Projection,
  generation: number,
  fence: (client: pg.Client) => Promise<void>,
): Promise<boolean> {
  const client = await connectWriter(databaseUrl, WHOLE_TABLE_TIMEOUT_MS, projection.words.projector);
  try {
    return await inTransaction(client, async () => {
      await fence(client);
      return dropGeneration(client, projection, generation);
    });
  } catch (error) {
    throw sqlState(error) === LOCK_NOT_AVAILABLE ? inUse(generation, error) : error;
  } finally {
    await disconnectWriter(client);
  }
}

function inUse(generation: number, cause: unknown): ServiceError {
  const message = `Generation ${generation} is not dropped: its tables are in use, by a reader that began before the switch or by another session (see pg_locks). Try again in a moment.`;
  return new ServiceError(503, message, { cause });
}
