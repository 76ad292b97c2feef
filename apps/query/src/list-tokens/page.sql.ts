import type { GenerationTables } from '#read-model/generation-tables.js';
import type { ListOrder } from './list-order.js';

/** The documents of a page, in its order. @param rows a select of `id`, `sort_key` and perhaps `rank` */
export function documentsSql({ token }: GenerationTables, order: ListOrder, rows: string): string {
  return `select t.document from (
${rows}
) page join ${token} t using (id)
order by ${order.orderBy('page')}`;
}

/** Some of a walk's rows. @param offset and `limit`: placeholders or subqueries. @param gates subqueries: whether to walk at all */
export function cut(rows: string, offset: string, limit: string, gates: readonly string[] = []): string {
  return `select * from (
${rows}
) walked${gates.length > 0 ? ` where ${gates.join(' and ')}` : ''} offset ${offset} limit ${limit}`;
}
