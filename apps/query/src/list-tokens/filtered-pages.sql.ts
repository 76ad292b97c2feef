import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { listFilters, type ListFilters } from './list-filters.js';
import type { ListOrder } from './list-order.js';
import { IDENTIFIERS, type SnapshotParts } from '../reading/snapshot.sql.js';
import { ListScope, placesName, Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { countedSql, DEEP_OFFSET, documentsSql, fromTheFront, fromTheNearerEnd, type PageBounds } from './page.sql.js';
import { readingOrder, type PageStart, type ReadingOrder } from './page-start.js';
import { isWalkWorthTrying, lookedUp, triedFirst } from './short-walk.sql.js';
import { walkSql } from './walk.sql.js';

/**
 * Up to this number of matches, the statement looks them all up and sorts them. If there are more, matches are so frequent that it walks an
 * order until the page is full. Both ways cost the same when matches = square root of (page × tokens). The limit is made for a million
 * tokens, and is a little higher because all matches may be at the wrong end of the order. It is more than twice {@link DEEP_OFFSET}: a
 * page before that is walked from the front only, also where the end is nearer.
 */
export function fewMatches({ offset, limit }: ListTokensRequest): number {
  return Math.min(50_000, Math.round(1_700 * Math.sqrt(Math.max(offset + limit, 50))));
}

/**
 * With a search, a time and the like the number of matches is not known beforehand. Where the values decide how rare matches are,
 * PostgreSQL plans the statement for them; the plan for a single time is right for every time.
 */
export function filteredPagesSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
  from?: PageStart,
): SnapshotParts {
  const values = new Values();
  const scope = new ListScope(tables, request, customers, values);
  const bounds = { offset: values.bind(request.offset), limit: values.bind(request.limit) };
  const inOrder = readingOrder(request, from, values);
  const { order, reading, start, suffix } = inOrder;
  const filters = listFilters(tables, request, scope, order, values);
  // Where the ids of all matches are known, their order needs nothing else.
  const { limit, found, pages } =
    filters.isWhole && order.column === 'id'
      ? ALL_SORTED
      : sortedOrWalked(tables, request, { customers, scope, values, bounds, inOrder, filters });
  const behind = start ? ` where ${reading.isBehind('sorted', start)}` : '';
  const sorted = `select * from (${filters.sortable}) sorted${behind} order by ${reading.orderBy('sorted')} offset ${bounds.offset} limit (select sorted from counted)`;
  return {
    ...(filters.name === undefined ? {} : { name: nameOf(filters.name, tables, request, scope, suffix) }),
    ...(request.appUserId === undefined ? {} : { needs: IDENTIFIERS }),
    values: values.all,
    shared: [
      `matches as materialized (${filters.matches}${limit})`,
      ...found,
      countedSql(
        `select case when are_all then tokens else ${filters.count} end as tokens, are_all as is_sorted from found`,
        bounds,
      ),
    ],
    count: '(select tokens from counted)',
    page: documentsSql(tables, order, [`(${sorted})`, ...pages].join('\nunion all\n')),
  };
}

/** How a statement finds the page where it does not sort all matches. */
interface Ways {
  /** Of the matches. */
  readonly limit: string;
  /** Common table expressions; the last one, `found`, says how many matches there are, as far as known, and whether they are sorted. */
  readonly found: readonly string[];
  /** Selects of the page's rows: the one that has them is not known beforehand. */
  readonly pages: readonly string[];
}

const ALL_SORTED: Ways = {
  limit: '',
  found: ['found as materialized (select count(*) as tokens, true as are_all from matches)'],
  pages: [],
};

interface Parts {
  readonly customers: readonly number[] | null;
  readonly scope: ListScope;
  readonly values: Values;
  readonly bounds: PageBounds;
  readonly inOrder: ReadingOrder;
  readonly filters: ListFilters;
}

function sortedOrWalked(tables: GenerationTables, request: ListTokensRequest, parts: Parts): Ways {
  const { customers, scope, bounds, filters } = parts;
  const { order, reading, start } = parts.inOrder;
  const few = parts.values.bind(fewMatches(request));
  // Many customers have many matches here, so these are frequent enough in the order of all tokens.
  const indexes = customers && !scope.isOfMany ? 'customers' : 'all';
  const walk = (walked: ListOrder, reach: string, mostChecked?: string) =>
    walkSql(tables, { order: walked, indexes, scope, start, reach, mostChecked, ...filters.onTheWay });
  const isDeep = request.offset >= DEEP_OFFSET;
  const isTried = indexes === 'all' && !isDeep && (filters.isWhole || isWalkWorthTrying(request));
  const found = isTried ? triedFirst(few, filters, reading, walk, bounds) : lookedUp(few, filters, scope);
  const walked = isDeep
    ? fromTheNearerEnd(order, walk, bounds)
    : `(${fromTheFront(reading, walk, bounds, found.gates)})`;
  return {
    limit: filters.isWhole ? '' : ` limit ${few}`,
    found: found.shared,
    pages: [...found.pages, walked],
  };
}

function nameOf(
  filters: string,
  tables: GenerationTables,
  { offset, sortBy, sortDirection }: ListTokensRequest,
  scope: ListScope,
  suffix: string,
): string {
  const deep = offset >= DEEP_OFFSET ? ['deep'] : [];
  return [
    'list',
    ...deep,
    filters,
    placesName(scope, { sortBy }),
    `${sortBy}_${sortDirection}${suffix}`,
    tables.token,
  ].join('_');
}
