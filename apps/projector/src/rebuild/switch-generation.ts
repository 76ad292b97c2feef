import type { Client } from 'pg';
import type { JobStatus } from '#read-model/job.js';
import type { Position } from '../consume/position.js';
import { renewLease, type Lease } from '../lead/lease.js';
import { recordEnd } from './generations.js';

/**
 * Makes another generation the live one, in one transaction: readers see the old one or the new one, never both or none.
 * @param end recorded with it, so that the job has ended however the worker does
 * @throws when the lease is lost or the generation is not where it is thought to be; nothing has changed then
 */
export async function switchGeneration(client: Client, lease: Lease, to: Position, end: JobStatus): Promise<void> {
  await client.query('begin');
  try {
    await renewLease(client, lease);
    await client.query(
      `update generation set state = 'previous', job = null, retired_at = clock_timestamp() where state = 'live'`,
    );
    const { rowCount } = await client.query(
      `update generation set state = 'live', job = null, stale_because = null, retired_at = null, caught_up_at = coalesce(caught_up_at, clock_timestamp())
      where number = $1 and position = $2 and state <> 'live'`,
      [to.generation, to.sequence],
    );
    if (rowCount !== 1) throw new Error(`generation ${to.generation} is not at ${to.sequence}`);
    await recordEnd(client, end);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
