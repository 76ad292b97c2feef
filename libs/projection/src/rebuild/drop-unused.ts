import { inTransaction } from '../store/transaction.js';
import type pg from 'pg';
import type { Projection } from '../projection.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../run/patience.js';
import { connectWriter, disconnectWriter } from '../store/writer-client.js';
import { dropGeneration } from '../store/generations.js';

/**
 * Drops a generation that a finished job no longer needs: that of a verification, or of a failed rebuild.
 * @param fence rejects inside the transaction if its caller may not drop the generation (any more)
 */
export async function dropUnused(
  databaseUrl: string,
  projection: Projection,
  generation: number,
  fence: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = await connectWriter(databaseUrl, WHOLE_TABLE_TIMEOUT_MS, projection.words.projector);
  try {
    await inTransaction(client, async () => {
      await fence(client);
      await dropGeneration(client, projection, generation);
    });
  } finally {
    await disconnectWriter(client);
  }
}
