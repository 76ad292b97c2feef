import type { Client } from 'pg';
import { checkLease, type Lease } from './lease.js';

/** Of all locks that are taken by two numbers, ours. The second one is the generation's. */
const BUILD_LOCK = 7_146_203;

/**
 * Inside every transaction that writes a generation which is not live: one after the other, whichever worker begins them, and none of a worker
 * whose lease is lost. A former worker's transaction may still be under way: what both add to the counts would count twice.
 * @throws {LeaseLost}
 */
export function buildFence(lease: Lease, generation: number): (client: Client) => Promise<void> {
  return async (client) => {
    const locking = client.query({
      name: 'lock_build',
      text: 'select pg_advisory_xact_lock($1, $2)',
      values: [BUILD_LOCK, generation],
    });
    // Both are sent together; the lease is looked at once the lock is there.
    await Promise.all([locking, checkLease(client, lease)]);
  };
}
