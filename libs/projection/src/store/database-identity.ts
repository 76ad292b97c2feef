import type { Client } from 'pg';
import type { Projection } from '../projection.js';

/**
 * What tells a database from its copies. A dump makes new tables, a copy within the server is another database, another server has another
 * number, and a standby that takes over, or a restore to a point in time, begins a timeline. A restart changes none of them. A copy of the
 * files, as of a snapshot of the volume, has all of them.
 * @throws if the role may not know, or the server does not tell
 */
export async function databaseIdentity(client: Client): Promise<string> {
  const { rows } = await client.query<{ identity: string }>(
    `select concat_ws(' ', 'server', (select system_identifier from pg_control_system()),
      'timeline', left(pg_walfile_name(pg_current_wal_lsn()), 8),
      'database', (select oid from pg_database where datname = current_database()),
      'table', 'generation'::regclass::oid) as identity`,
  );
  return rows[0]!.identity;
}

/** Stores in which database the projection is now. @returns in which one it was before; null if that is not known */
export async function exchangeIdentity(
  client: Client,
  { name }: Pick<Projection, 'name'>,
  identity: string,
): Promise<string | null> {
  const { rows } = await client.query<{ database: string | null }>(
    `update projector_lease lease set database = $2
    from (select database from projector_lease where projection = $1) former
    where lease.projection = $1 returning former.database`,
    [name, identity],
  );
  return rows[0]!.database;
}
