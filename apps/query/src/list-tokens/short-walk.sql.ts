import type { ListFilters } from './list-filters.js';
import type { ListOrder } from './list-order.js';
import type { ListScope } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { hasTrigrams } from './look-ups.js';
import { cut, type PageBounds } from './page.sql.js';

/** So many matches are looked up before a walk is tried: with fewer, it is not needed. More than the ids that a request may have. */
const FIRST_MATCHES = 1_001;
/** A walk that is tried checks this number of tokens for every one that it has to find: it finds them where one in 100 matches. */
const CHECKED_FOR_EACH = 100;
/** And no more than this: a walk in vain then costs some 10 to 20 ms. */
const MOST_CHECKED = 20_000;

/** So many matches, if all are known, cost less to sort than a walk may cost where they are at its far end. */
const MOST_SORTED = 100_000;
/** After a short walk in vain, more of them do: the first tokens of the order match rarely. To sort so many takes about a second. */
const MOST_SORTED_AFTER_WALK = 250_000;
/** If they are a larger share of the tokens in question, a walk costs at most some times as much, and probably finds the page soon. */
const RARE_SHARE = 1 / 8;

/** How a statement finds out whether it has looked up all matches. */
interface Found {
  /** Common table expressions; the last one is `found`. */
  readonly shared: readonly string[];
  /** Selects of the page's rows, if it has found them on the way. */
  readonly pages: readonly string[];
  /** Subqueries that say whether the page is still to be found. */
  readonly gates: readonly string[];
}

/** Trigrams find the matches of a search: looking them up then costs less than a walk that finds no page. */
export function isWalkWorthTrying({ search = '' }: ListTokensRequest): boolean {
  return !hasTrigrams(search);
}

/** Without a short walk. */
export function lookedUp(few: string, { isWhole }: ListFilters, scope: ListScope): Found {
  const most = isWhole ? `greatest(${few}, least(${MOST_SORTED}, (${scope.tokens}) * ${RARE_SHARE}))` : few;
  const found = `found as materialized (select count(*) as tokens, count(*) < ${most} as are_all from matches)`;
  return { shared: [found], pages: [], gates: [] };
}

/**
 * Where matches are frequent, a short walk finds the page. PostgreSQL looks matches up only as they are read: so if the walk succeeds, it
 * looks up the first of them alone, or, where it may look up many others in vain, none.
 */
export function triedFirst(
  few: string,
  { mayMiss, isWhole }: ListFilters,
  order: ListOrder,
  walk: (order: ListOrder, reach: string, mostChecked: string) => string,
  { offset, limit }: PageBounds,
): Found {
  const reach = `${offset}::bigint + ${limit}`;
  const isTried = `(select tokens = ${FIRST_MATCHES} from first)`;
  const tried = cut(
    walk(order, reach, `least((${reach}) * ${CHECKED_FOR_EACH}, ${MOST_CHECKED})`),
    '0',
    reach,
    mayMiss ? [] : [isTried],
  );
  const isFound = `(select count(*) = ${reach} from tried)`;
  const unlessTried = mayMiss ? '' : `when not ${isTried} then (select tokens from first) `;
  return {
    shared: [
      ...(mayMiss
        ? []
        : [
            `first as materialized (select count(*) as tokens from (select from matches limit ${FIRST_MATCHES}) first)`,
          ]),
      `tried as materialized (${tried})`,
      `found as materialized (select tokens, not is_found and tokens < ${isWhole ? `greatest(${few}, ${MOST_SORTED_AFTER_WALK})` : few} as are_all from (
  select case ${unlessTried}when ${isFound} then ${few} else (select count(*) from matches) end as tokens, ${isFound} as is_found) found)`,
    ],
    pages: [
      `(select * from tried where ${isFound} order by ${order.orderBy('tried')} offset ${offset} limit ${limit})`,
    ],
    gates: [`(select not ${isFound})`],
  };
}
