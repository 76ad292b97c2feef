import { inTransaction } from '../store/transaction.js';
import type pg from 'pg';
import type { Projection } from '../projection.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../run/patience.js';
import { connectWriter, disconnectWriter } from '../store/writer-client.js';
import { dropGeneration } from '../store/generations.js';

/**
 * Removes what a finished job leaves behind that nobody needs: the generation of a verification, or of a failed rebuild.
 * @param fence rejects inside the transaction when its caller may not drop it (any more)
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
