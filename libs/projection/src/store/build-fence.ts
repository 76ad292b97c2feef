import type { Client } from 'pg';
import { checkLease, type Lease } from './lease.js';

/** Separates our locks from other locks with two numbers. The second number is the generation's. */
const BUILD_LOCK = 7_146_203;

/**
 * Call it inside every transaction that writes a generation which is not live. These transactions run one after the other, whichever worker
 * begins them, and a worker that has lost its lease is refused. A former worker's transaction may still be running: rows that both add to
 * the counts would count twice.
 * @throws {LeaseLost}
 */
export function buildFence(lease: Lease, generation: number): (client: Client) => Promise<void> {
  return async (client) => {
    const locking = client.query({
      name: 'lock_build',
      text: 'select pg_advisory_xact_lock($1, $2)',
      values: [BUILD_LOCK, generation],
    });
    // Both statements are sent together; PostgreSQL checks the lease once it has the lock.
    await Promise.all([locking, checkLease(client, lease)]);
  };
}
