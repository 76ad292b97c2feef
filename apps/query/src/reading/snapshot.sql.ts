/**
 * One statement, and so one snapshot, for everything an answer says: first a row with the generation, the position, the lag
 * and the count, then one row per document. The rows come in this order because an Append without parallel workers runs its
 * branches one after the other; connections of the query app have parallel workers off.
 * @param count an expression
 * @param page a select of the single column `document`, ordered
 */
export function snapshotSql(count: string, page: string): string {
  return `select g.number, g.position,
  ceil(extract(epoch from greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint,
  ${count}, null::text
from live_generation l join generation g on g.number = l.generation
union all
select null, null, null, null, page.document from (
${page}
) page`;
}
