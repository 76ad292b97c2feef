import type { GenerationTables } from '#token-read-model/generation-tables.js';
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

/** From this offset on it pays to ask first from which end a page is nearer. */
export const DEEP_OFFSET = 1_000;

/** Placeholders of a page's bounds. */
export interface PageBounds {
  readonly offset: string;
  readonly limit: string;
}

/**
 * How far to read from which end, as a common table expression `counted`; a reach of 0 reads nothing. `offset 0` has the tokens
 * counted once: without it every use of their number is a count of its own.
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

/** The page that {@link countedSql} finds to be nearer to the front. Its reach is no subquery: a plan made for values then knows it is short. */
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
 * A page cut from walks in its order and in the reverse one, of which {@link countedSql} leaves one to be done.
 * @param gates subqueries: whether to walk at all
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
