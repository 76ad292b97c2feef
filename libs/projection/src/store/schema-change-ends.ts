import type { ClientBase } from 'pg';
import type { Projection } from '../projection.js';

type Queryable = Pick<ClientBase, 'query'>;

/** The number of the last recorded end of a job; later ones have higher numbers. */
export async function lastEnd(client: Queryable, { name }: Pick<Projection, 'name'>): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'select coalesce(max(id), 0) as id from finished_job where projection = $1',
    [name],
  );
  return rows[0]!.id;
}

/**
 * Whether a rebuild to this schema was cancelled or has failed. A failure because the stream has changed does not count: it says nothing
 * about the time when the stream is again the one of the live generation.
 * @param after only later ends, see {@link lastEnd}
 */
export async function hasEndedInVain(
  client: Queryable,
  { name, schemaVersion }: Pick<Projection, 'name' | 'schemaVersion'>,
  after: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from finished_job where projection = $1 and id > $3
      and status ->> 'kind' = 'rebuild' and (status ->> 'schemaVersion')::integer = $2
      and (status ->> 'state' = 'cancelled'
        or status ->> 'state' = 'failed' and status ->> 'isSourceChanged' is distinct from 'true')
    limit 1`,
    [name, schemaVersion, after],
  );
  return rowCount === 1;
}
