import type { Client, ClientBase } from 'pg';
import type { Projection } from '../projection.js';

type Named = Pick<Projection, 'name'>;

/** The right to write a projection. A later holder has a higher epoch. */
export interface Lease {
  readonly projection: string;
  readonly holder: string;
  readonly epoch: string;
}

/** If the lease is not renewed for this long, a standby may take over. */
const LEASE_MS = 5_000;

/** Thrown if another projector has taken the lease: this one must not commit anything more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor({ epoch }: Lease) {
    super(`the lease of epoch ${epoch} has gone to another projector`);
  }
}

/**
 * Takes the lease if it has run out or is our own; undefined while another projector holds it. Never waits for the holder's transaction.
 */
export function acquireLease(client: Client, projection: Named, holder: string): Promise<Lease | undefined> {
  return take(client, projection, holder, 'and (expires_at < clock_timestamp() or holder = $2)');
}

/**
 * Takes the lease from its holder, if there is one: the holder's next transaction cannot commit. Never waits for the holder's transaction.
 */
export function seizeLease(client: Client, projection: Named, holder: string): Promise<Lease | undefined> {
  return take(client, projection, holder, '');
}

async function take(client: Client, { name }: Named, holder: string, where: string): Promise<Lease | undefined> {
  const { rows } = await client.query<{ epoch: string }>(
    `update projector_lease set holder = $2, epoch = epoch + 1, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    where projection = (select projection from projector_lease where projection = $1 ${where} for update skip locked)
    returning epoch`,
    [name, holder, LEASE_MS],
  );
  return rows[0] && { projection: name, holder, epoch: rows[0].epoch };
}

export const RENEW_LEASE = {
  name: 'renew_lease',
  text: `update projector_lease set expires_at = clock_timestamp() + $4 * interval '1 millisecond' where projection = $1 and holder = $2 and epoch = $3`,
};

/**
 * Renews the lease. Inside a transaction this is also the fence: the row stays locked until the commit, so no other projector can take the
 * lease between this check and the commit.
 * @throws {LeaseLost}
 */
export async function renewLease(client: Client, lease: Lease): Promise<void> {
  const { rowCount } = await client.query({ ...RENEW_LEASE, values: [...keyOf(lease), LEASE_MS] });
  if (rowCount !== 1) throw new LeaseLost(lease);
}

/**
 * Whether a transaction that renewed the lease at its start should renew it again before the commit. Otherwise the lease would have run out
 * at the commit, or soon after, and a standby would take it from a healthy leader.
 * @param renewedAt by `performance.now()`
 */
export function mayRunOut(renewedAt: number): boolean {
  return performance.now() - renewedAt > LEASE_MS / 5;
}

/**
 * Makes sure the lease is still ours, without a lock: for writes that would be the same from any projector.
 * @throws {LeaseLost}
 */
export async function checkLease(client: Client, lease: Lease): Promise<void> {
  const { rowCount } = await client.query({
    name: 'check_lease',
    text: 'select 1 from projector_lease where projection = $1 and holder = $2 and epoch = $3',
    values: keyOf(lease),
  });
  if (rowCount !== 1) throw new LeaseLost(lease);
}

/** Hands the lease back, so that a standby need not wait until it runs out. */
export async function releaseLease(client: Client, lease: Lease): Promise<void> {
  await client.query(
    `update projector_lease set expires_at = '-infinity' where projection = $1 and holder = $2 and epoch = $3`,
    keyOf(lease),
  );
}

/** Whether no projector leads. */
export async function isLeaseVacant(client: Pick<ClientBase, 'query'>, { name }: Named): Promise<boolean> {
  const { rows } = await client.query<{ vacant: boolean }>(
    'select expires_at < clock_timestamp() as vacant from projector_lease where projection = $1',
    [name],
  );
  return rows[0]?.vacant ?? false;
}

/**
 * The same, and no projector can begin to lead before the transaction ends.
 * @param client inside a transaction
 */
export async function lockVacantLease(client: Client, { name }: Named): Promise<boolean> {
  const { rowCount } = await client.query(
    'select 1 from projector_lease where projection = $1 and expires_at < clock_timestamp() for update',
    [name],
  );
  return rowCount === 1;
}

function keyOf({ projection, holder, epoch }: Lease): string[] {
  return [projection, holder, epoch];
}
