import type { ClientBase } from 'pg';
import type { Projection } from '../projection.js';
import { tableNames } from '../table-template.js';
import type { JobKind } from '../job.js';

/** Sorting for the indexes takes extra space for a while, and the live generation grows meanwhile. */
const RESERVE = 1.25;

/**
 * The disk space that a job will take, estimated from the live generation: with its indexes for a rebuild, with primary keys alone for a
 * verification. The estimate is too high if the live generation is bloated, or has rows whose events are no longer in the stream.
 */
export async function neededBytes(
  client: Pick<ClientBase, 'query'>,
  projection: Projection,
  live: number,
  kind: JobKind,
): Promise<number> {
  const { rows } = await client.query<{ all: string; keyed: string }>(
    `select coalesce(sum(pg_total_relation_size(c.oid)), 0) as all,
      coalesce(sum(pg_table_size(c.oid) + (select coalesce(sum(pg_relation_size(indexrelid)), 0) from pg_index i where i.indrelid = c.oid and i.indisprimary)), 0) as keyed
    from pg_class c where c.oid = any(select to_regclass(name) from unnest($1::text[]) name)`,
    [tableNames(projection, live)],
  );
  const { all, keyed } = rows[0]!;
  switch (kind) {
    case 'rebuild':
      return Math.ceil(RESERVE * Number(all));
    case 'verify':
      return Math.ceil(RESERVE * Number(keyed));
    case 'rollback':
      return 0;
  }
}

export async function databaseBytes(client: Pick<ClientBase, 'query'>): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
  return Number(rows[0]!.bytes);
}
