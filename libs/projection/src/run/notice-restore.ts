import type { Client } from 'pg';
import { isDatabaseAway } from '#service-runtime/postgres/pool.js';
import { sqlState } from '#service-runtime/postgres/postgres-errors.js';
import type { Engine } from '../engine.js';
import { BEGIN_LINEAGE_OF_LIVE } from '../store/change-places.js';
import { databaseIdentity, exchangeIdentity } from '../store/database-identity.js';
import type { Lease } from '../store/lease.js';
import { fenced } from '../store/transaction.js';

/**
 * A restored database remembers as little as its backup does: readers of the changes may have read further, and what comes now can have
 * places and tags that were given out before. So readers begin again if the database is another one than that of the last leader.
 * @param client whose projector holds the lease, and has not written yet
 */
export async function noticeRestore(engine: Engine, client: Client, lease: Lease): Promise<void> {
  const { projection, logger } = engine;
  const now = await knownIdentity(engine, client);
  if (now === undefined) return;
  const before = await fenced(client, lease, async () => {
    const stored = await exchangeIdentity(client, projection, now);
    if (stored !== null && stored !== now) await client.query(BEGIN_LINEAGE_OF_LIVE, [projection.name]);
    return stored;
  });
  if (before === null || before === now) return;
  logger.warn(
    { before, now },
    'the read model is in another database than before: it was restored or copied, or a standby has taken over. ' +
      'Changes may have been lost, so a new lineage begins: callers who follow the changes get 410 and begin again, and all tags are new',
  );
}

/** undefined if a service or a role hides it: nothing must stop because of that. */
async function knownIdentity({ projection, logger }: Engine, client: Client): Promise<string | undefined> {
  try {
    return await databaseIdentity(client);
  } catch (error) {
    if (sqlState(error) === undefined || isDatabaseAway(error)) throw error;
    logger.info(
      { err: error },
      `PostgreSQL does not say which database this is: after a restore run "${projection.words.tool} restored"`,
    );
    return undefined;
  }
}
