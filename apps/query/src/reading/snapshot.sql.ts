import type { GenerationTables } from '#read-model/generation-tables.js';

export interface SnapshotParts {
  /** Common table expressions that count and page look at. */
  readonly shared?: readonly string[];
  /** An expression. */
  readonly count: string;
  /** A select of the single column `document`, ordered. */
  readonly page: string;
}

/**
 * One statement, and so one snapshot, for everything an answer says: first a row "position lag stale count", then one row per
 * document. No first row: the generation is not the live one. One column, because the driver pays per field: 1.5 µs a row
 * with four of them, 0.6 µs with one. The rows come in this order because an Append without parallel workers runs its
 * branches one after the other; connections of the query app have parallel workers off.
 */
export function snapshotSql({ generation }: GenerationTables, { shared = [], count, page }: SnapshotParts): string {
  const common = shared.length > 0 ? `with ${shared.join(',\n')}\n` : '';
  return `${common}select concat_ws(' ', g.position, ${LAG_MS}, coalesce(g.stale_because, '-'), ${count})
from generation g where g.number = ${generation} and g.state = 'live'
union all
select page.document from (
${page}
) page`;
}

/** Milliseconds since the tables last were known to hold everything the stream held. */
const LAG_MS = `ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint`;
