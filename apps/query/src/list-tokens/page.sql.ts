import type { GenerationTables } from '#token-read-model/generation-tables.js';
import type { ListOrder } from './list-order.js';

/** The documents of a page, in page order. @param rows a select of `id`, `sort_key` and perhaps `rank` */
export function documentsSql({ token }: GenerationTables, order: ListOrder, rows: string): string {
  return `select t.document from (
${rows}
) page join ${token} t using (id)
order by ${order.orderBy('page')}`;
}

/** Some of a walk's rows. @param offset and `limit`: placeholders or subqueries. @param gates subqueries that say whether to walk at all */
export function cut(rows: string, offset: string, limit: string, gates: readonly string[] = []): string {
  return `select * from (
${rows}
) walked${gates.length > 0 ? ` where ${gates.join(' and ')}` : ''} offset ${offset} limit ${limit}`;
}

/** From this offset on it pays to find out first which end a page is nearer to. */
export const DEEP_OFFSET = 1_000;

/** Placeholders of a page's offset and limit. */
export interface PageBounds {
  readonly offset: string;
  readonly limit: string;
}

/**
 * A common table expression `counted`: how many rows to read from which end; a reach of 0 reads nothing. `offset 0` makes PostgreSQL count
 * the tokens once: without it PostgreSQL counts them again at every use of the number.
 * @param tokens a select of how many there are, `tokens`, and whether walks are of no use, `is_sorted`
 */
export function countedSql(tokens: string, { offset, limit }: PageBounds): string {
  return `counted as materialized (
select tokens, is_sorted, case when is_sorted then ${limit}::bigint else 0 end as sorted,
  not is_sorted and ${offset}::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and ${offset} * 2 > tokens then greatest(tokens - ${offset}, 0) else 0 end as backward,
  greatest(tokens - ${offset} - ${limit}, 0) as skipped
from (${tokens} offset 0) counted)`;
}

/**
 * The page if {@link countedSql} finds it nearer to the front. Its reach is no subquery: so a plan made for the values knows that the reach
 * is short.
 */
export function fromTheFront(
  order: ListOrder,
  walk: (order: ListOrder, reach: string) => string,
  { offset, limit }: PageBounds,
  gates: readonly string[] = [],
): string {
  const isForward = ['(select is_forward from counted)', ...gates];
  return cut(walk(order, `${offset}::bigint + ${limit}`), offset, limit, isForward);
}

/**
 * A page cut from a walk in its order and a walk in the reverse order. {@link countedSql} gives one of them a reach of 0.
 * @param gates subqueries that say whether to walk at all
 */
export function fromTheNearerEnd(
  order: ListOrder,
  walk: (order: ListOrder, reach: string) => string,
  { offset, limit }: PageBounds,
  gates: readonly string[] = [],
): string {
  const forward = fromTheFront(order, walk, { offset, limit }, gates);
  const backward = cut(
    walk(order.fromTheEnd, '(select backward from counted)'),
    '(select skipped from counted)',
    limit,
    gates,
  );
  return `(${forward})\nunion all\n(${backward})`;
}
