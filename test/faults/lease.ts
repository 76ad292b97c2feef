import type { TestDatabase } from '../support/database.js';

/** Lets the time pass after which a standby, or a projector started again, may take over from one that was killed. */
export async function letLeaseRunOut(database: TestDatabase): Promise<void> {
  await database.query(`update projector_lease set expires_at = '-infinity'`);
}

export async function leaseEpoch(database: TestDatabase): Promise<number> {
  const [lease] = await database.query<{ epoch: string }>('select epoch from projector_lease');
  return Number(lease!.epoch);
}
