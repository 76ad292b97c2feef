import { ALL_CUSTOMERS } from '../count-table.js';
import type { GenerationTables } from '../generation-tables.js';

/** Rows of the later generation get the place of those of the former one where that is later. @returns statements with one parameter */
export function carryOverSql(from: GenerationTables, to: GenerationTables): string[] {
  return [
    `update ${to.tokenUpdated} n set position = o.position, turn = o.turn from ${from.tokenUpdated} o
    where n.id = o.id and o.position >= $1 and (o.position, o.turn) > (n.position, n.turn)`,
    `insert into ${to.tokenGone} as n select o.* from ${from.tokenGone} o where o.position >= $1
    on conflict (id, customer_id) do update set position = excluded.position, turn = excluded.turn
    where (excluded.position, excluded.turn) > (n.position, n.turn)`,
  ];
}

export function putBeforeAllSql({ tokenUpdated, tokenGone }: GenerationTables): string[] {
  return [tokenUpdated, tokenGone].map((table) => `update ${table} set position = 0, turn = 0 where position > 0`);
}

/** The customers of tokens, who may have them no more after the next statements. Parameters: ids, position, turn. */
export function rememberCustomersSql({ token, tokenGone }: GenerationTables): string {
  return `insert into ${tokenGone} (customer_id, id, position, turn)
    select customer_id, id, $2, $3 from ${token} where id = any($1::bigint[]) on conflict do nothing`;
}

/** Everything that readers see of some tokens has changed. @returns statements; parameters as above */
export function changedNowSql({ token, tokenUpdated, tokenGone }: GenerationTables): string[] {
  const changed = (table: string) => `update ${table} set position = $2, turn = $3 where id = any($1::bigint[])`;
  return [
    `insert into ${tokenGone} (customer_id, id, position, turn)
    select distinct ${ALL_CUSTOMERS}, g.id, $2::bigint, $3::integer from ${tokenGone} g left join ${token} t using (id)
    where g.id = any($1::bigint[]) and t.id is null on conflict do nothing`,
    changed(tokenUpdated),
    changed(tokenGone),
    `delete from ${tokenGone} g using ${token} t where t.id = g.id and g.id = any($1::bigint[])
    and g.customer_id in (${ALL_CUSTOMERS}, t.customer_id) and $2::bigint >= 0 and $3::integer >= 0`,
  ];
}
