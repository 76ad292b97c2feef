import type { Client } from 'pg';

/** The right to write, as taken at one moment. A later holder has a higher epoch. */
export interface Lease {
  readonly holder: string;
  readonly epoch: string;
}

/** Without a renewal for this long a standby may take over. */
const LEASE_MS = 5_000;

/** Thrown when the lease has gone to another projector: nothing of this one may commit any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Takes the lease where it has run out or is our own; undefined while another one holds it. Never waits for a holder's transaction. */
export async function acquireLease(client: Client, holder: string): Promise<Lease | undefined> {
  const { rows } = await client.query<{ epoch: string }>(
    `update projector_lease set holder = $1, epoch = epoch + 1, expires_at = clock_timestamp() + $2 * interval '1 millisecond'
    where one_row = (select one_row from projector_lease where expires_at < clock_timestamp() or holder = $1 for update skip locked)
    returning epoch`,
    [holder, LEASE_MS],
  );
  return rows[0] && { holder, epoch: rows[0].epoch };
}

/** Takes the lease whoever holds it: that one's next transaction cannot commit. Never waits for a holder's transaction. */
export async function seizeLease(client: Client, holder: string): Promise<Lease | undefined> {
  const { rows } = await client.query<{ epoch: string }>(
    `update projector_lease set holder = $1, epoch = epoch + 1, expires_at = clock_timestamp() + $2 * interval '1 millisecond'
    where one_row = (select one_row from projector_lease for update skip locked) returning epoch`,
    [holder, LEASE_MS],
  );
  return rows[0] && { holder, epoch: rows[0].epoch };
}

export const RENEW_LEASE = {
  name: 'renew_lease',
  text: `update projector_lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond' where holder = $1 and epoch = $2`,
};

/**
 * Renews the lease. Inside a transaction this is also the fence: the row stays locked until the commit, so no other
 * projector can take the lease between this check and the commit.
 * @throws {LeaseLost}
 */
export async function renewLease(client: Client, lease: Lease): Promise<void> {
  const { rowCount } = await client.query({
    ...RENEW_LEASE,
    values: [lease.holder, lease.epoch, LEASE_MS],
  });
  if (rowCount !== 1) throw new LeaseLost(`the lease of epoch ${lease.epoch} has gone to another projector`);
}

/**
 * Whether a lease that was renewed in a transaction then should be renewed once more before the commit: it would have run out by then, or
 * soon after, and a standby that finds it so would take it from a leader that is well.
 * @param renewedAt by `performance.now()`
 */
export function mayRunOut(renewedAt: number): boolean {
  return performance.now() - renewedAt > LEASE_MS / 5;
}

/**
 * Makes sure the lease is still ours, without a lock: for writes that would be the same whoever made them.
 * @throws {LeaseLost}
 */
export async function checkLease(client: Client, lease: Lease): Promise<void> {
  const { rowCount } = await client.query({
    name: 'check_lease',
    text: 'select 1 from projector_lease where holder = $1 and epoch = $2',
    values: [lease.holder, lease.epoch],
  });
  if (rowCount !== 1) throw new LeaseLost(`the lease of epoch ${lease.epoch} has gone to another projector`);
}

/** Hands the lease back, so that a standby need not wait for it to run out. */
export async function releaseLease(client: Client, lease: Lease): Promise<void> {
  await client.query(`update projector_lease set expires_at = '-infinity' where holder = $1 and epoch = $2`, [
    lease.holder,
    lease.epoch,
  ]);
}
