import type { Client } from 'pg';
import { mayRunOut, renewLease, type Lease } from './lease.js';

/**
 * A transaction of the leader: the lease is renewed and its row stays locked until the commit, so that nothing of it is written once
 * another projector leads.
 * @throws {LeaseLost}
 * @throws whatever the work throws; nothing has changed then
 */
export function fenced<T>(client: Client, lease: Lease, work: () => Promise<T>): Promise<T> {
  return inTransaction(client, async () => {
    await renewLease(client, lease);
    const begunAt = performance.now();
    const result = await work();
    if (mayRunOut(begunAt)) await renewLease(client, lease);
    return result;
  });
}

export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
