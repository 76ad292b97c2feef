import type { Client, Pool } from 'pg';
import type { Projection } from '../projection.js';

type Named = Pick<Projection, 'name'>;
type Release = Pick<Projection, 'name' | 'schemaVersion'>;

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
export async function acquireLease(
  client: Client,
  { name, schemaVersion }: Release,
  holder: string,
): Promise<Lease | undefined> {
  const { rows } = await client.query<{ epoch: string }>(
    takeSql('and (expires_at < clock_timestamp() or holder = $2)'),
    [name, holder, LEASE_MS, schemaVersion],
  );
  return leaseOf(name, holder, rows);
}

/**
 * Takes the lease from its holder, so that the next transaction of that projector cannot commit, and marks the live generation stale: it
 * has tables of another release. One statement does both, so that a second projector of this release cannot seize the lease in between.
 * Never waits for a holder's transaction.
 * @param epoch of the holder, read before the decision to take the lease
 * @returns undefined while the holder commits, and when another projector has taken the lease since
 */
export async function seizeLease(
  client: Client,
  { name, schemaVersion }: Release,
  holder: string,
  epoch: string,
): Promise<Lease | undefined> {
  const { rows } = await client.query<{ epoch: string }>(
    `with taken as (${takeSql('and epoch = $5')}),
    marked as (update generation set stale_because = 'schema-version'
      where projection = $1 and state = 'live' and exists (select from taken))
    select epoch from taken`,
    [name, holder, LEASE_MS, schemaVersion, epoch],
  );
  return leaseOf(name, holder, rows);
}

/** Of the projector that leads, or of the last one that did. */
export async function leaseEpoch(client: Client, { name }: Named): Promise<string> {
  const { rows } = await client.query<{ epoch: string }>('select epoch from projector_lease where projection = $1', [
    name,
  ]);
  if (!rows[0]) throw new Error('the database holds no lease: run the migrations');
  return rows[0].epoch;
}

function takeSql(where: string): string {
  return `update projector_lease set holder = $2, epoch = epoch + 1, expires_at = clock_timestamp() + $3 * interval '1 millisecond',
      schema_version = $4
    where projection = (select projection from projector_lease where projection = $1 ${where} for update skip locked)
    returning epoch`;
}

function leaseOf(projection: string, holder: string, rows: readonly { readonly epoch: string }[]): Lease | undefined {
  return rows[0] && { projection, holder, epoch: rows[0].epoch };
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
 * Makes sure the lease is still ours, without a lock: for writes to a generation that is not live, which have a lock of their own.
 * @throws {LeaseLost}
 */
export async function checkLease(client: Pick<Client, 'query'>, lease: Lease): Promise<void> {
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

/**
 * SQL over a row `lease`: a row for the transaction that has locked it, if there is one; `pid` is its session. Nobody sees what a
 * transaction writes before its commit, but it leaves its id in `xmax`, and locks its own id until its end.
 */
export const LOCKER_OF_LEASE = `pg_locks where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted and transactionid = lease.xmax`;

/**
 * The epoch of the last projector that led, if none leads now: one whose transaction lasts longer than the lease still does. Locks nothing:
 * a lock would keep the lease from a projector that may take it, for as long as the network takes, or as this process stands still.
 */
export async function vacantEpoch(pool: Pool, { name }: Named): Promise<string | undefined> {
  const { rows } = await pool.query<{ epoch: string }>(
    `select epoch from projector_lease lease
    where projection = $1 and expires_at < clock_timestamp() and not exists (select from ${LOCKER_OF_LEASE})`,
    [name],
  );
  return rows[0]?.epoch;
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
