import type { Instant } from '#token-contract/instant.js';
import { ListOrder, type Start } from './list-order.js';
import type { Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';

/** A page that begins behind a token, or, read backwards, that ends before one; by the token's place in the order of the list. */
export interface PageStart {
  readonly reads: 'after' | 'before';
  readonly id: number;
  /** The value that the list is ordered by: null for a token that never expires, undefined in the order of ids. */
  readonly key: Instant | null | undefined;
}

/** How a statement reads the rows of a page. */
export interface ReadingOrder {
  /** The order of the page. */
  readonly order: ListOrder;
  /** The order in which its rows are read. */
  readonly reading: ListOrder;
  readonly start: Start | undefined;
  /** Added to the name of a prepared statement, since its text differs. */
  readonly suffix: string;
}

/** @param from left out: the page begins at the front of the list, or at its offset */
export function readingOrder(
  { sortBy, sortDirection }: ListTokensRequest,
  from: PageStart | undefined,
  values: Values,
): ReadingOrder {
  const order = new ListOrder(sortBy, sortDirection);
  if (!from) return { order, reading: order, start: undefined, suffix: '' };
  const { reads, id, key } = from;
  const rank = order.hasRanks && key === null ? 1 : 0;
  const start: Start = {
    id: `${values.bind(id)}::bigint`,
    ...(key === undefined ? {} : { key: `${values.bind(key ?? 'infinity')}::timestamptz` }),
    rank,
  };
  return { order, reading: reads === 'before' ? order.fromTheEnd : order, start, suffix: `_${reads[0]!}${rank}` };
}
