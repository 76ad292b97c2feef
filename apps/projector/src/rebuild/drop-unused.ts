import type pg from 'pg';
import { inTransaction } from '../lead/fenced.js';
import { WHOLE_TABLE_TIMEOUT_MS } from '../lead/patience.js';
import { connectWriter, disconnectWriter } from '../lead/writer-client.js';
import { dropGeneration } from './generations.js';

/**
 * Removes what a finished job leaves behind that nobody needs: the generation of a verification, or of a failed rebuild.
 * @param fence rejects inside the transaction when whoever drops it may not (any more)
 */
export async function dropUnused(
  databaseUrl: string,
  generation: number,
  fence: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = await connectWriter(databaseUrl, WHOLE_TABLE_TIMEOUT_MS);
  try {
    await inTransaction(client, async () => {
      await fence(client);
      await dropGeneration(client, generation);
    });
  } finally {
    await disconnectWriter(client);
  }
}
