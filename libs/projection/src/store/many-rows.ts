import type { ClientBase } from 'pg';

/**
 * The sessions are set up for small batches, which look rows up. A statement that works on many rows at once reads them in one go.
 * @param client inside a transaction, for the rest of it
 */
export async function planForManyRows(client: ClientBase): Promise<void> {
  await client.query(`set local plan_cache_mode = auto; set local enable_seqscan = on; set local enable_hashjoin = on;
  set local enable_mergejoin = on; set local work_mem = '64MB'`);
}
