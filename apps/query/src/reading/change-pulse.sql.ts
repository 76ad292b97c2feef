import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';

/** The position of the changes: while deferred work is left, they go on after the position that answers claim. */
export const MOMENT_SQL = `
  select number as generation, lineage, position, turns
  from generation where projection = 'tokens' and state = 'live'`;

/** With more changes than this, everybody looks. */
export const MOST_CHANGES = 1_000;

/**
 * The customers of the tokens that have changed since a moment, also the former ones. Parameters: position and turns at that moment, and
 * the position now. More than {@link MOST_CHANGES} rows: there may be others.
 */
export function changedCustomersSql({ token, tokenUpdated, tokenGone }: GenerationTables) {
  const since = (row: string) =>
    `(${row}.position, ${row}.turn) > ($1::bigint, $2::integer) and ${row}.position <= $3::bigint`;
  const first = `order by position, turn limit ${MOST_CHANGES + 1}`;
  const text = `with changed as materialized (
  (select u.id, u.customer_id from ${tokenUpdated} u where ${since('u')} ${first})
  union all
  (select g.id, g.customer_id from ${tokenGone} g where g.customer_id = ${ALL_CUSTOMERS} and ${since('g')} ${first})
)
select customer_id from changed
union all
select g.customer_id from changed join ${tokenGone} g using (id) where ${since('g')}`;
  return { name: `changed_customers_${token}`, text };
}
