import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { listFilters, type ListFilters } from './list-filters.js';
import type { ListOrder } from './list-order.js';
import { IDENTIFIERS, type SnapshotParts } from '../reading/snapshot.sql.js';
import { ListScope, Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import {
  countedSql,
  cut,
  DEEP_OFFSET,
  documentsSql,
  fromTheFront,
  fromTheNearerEnd,
  type PageBounds,
} from './page.sql.js';
import { readingOrder, type PageStart } from './page-start.js';
import { walkSql } from './walk.sql.js';

/**
 * Up to this number of matches, the statement looks them all up and sorts them. If there are more, matches are so frequent that it walks an
 * order until the page is full. Both ways cost the same when matches = square root of (page × tokens). The limit is made for a million
 * tokens, and is a little higher because all matches may be at the wrong end of the order.
 */
export function fewMatches({ offset, limit }: ListTokensRequest): number {
  return Math.min(50_000, Math.round(1_700 * Math.sqrt(Math.max(offset + limit, 50))));
}

/** So many matches are looked up before a walk is tried: with fewer, it is not needed. More than the ids that a request may have. */
const FIRST_MATCHES = 1_001;
/** A walk that is tried checks this number of tokens for every one that it has to find: it finds them where one in 100 matches. */
const CHECKED_FOR_EACH = 100;
/** From this length on trigrams find the matches, so that looking them up costs less than a walk that finds no page. */
const INDEXED_LENGTH = 3;

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
  const few = values.bind(fewMatches(request));
  const { order, reading, start, suffix } = readingOrder(request, from, values);
  const filters = listFilters(tables, request, scope, order, values);
  // Many customers have many matches here, so these are frequent enough in the order of all tokens.
  const indexes = customers && !scope.isOfMany ? 'customers' : 'all';
  const walk = (inOrder: ListOrder, reach: string, mostChecked?: string) =>
    walkSql(tables, { order: inOrder, indexes, scope, start, reach, mostChecked, ...filters.onTheWay });
  const isDeep = request.offset >= DEEP_OFFSET;
  const behind = start ? ` where ${reading.isBehind('sorted', start)}` : '';
  const sorted = `select * from (${filters.sortable}) sorted${behind} order by ${reading.orderBy('sorted')} offset ${bounds.offset} limit (select sorted from counted)`;
  const mayTry = indexes === 'all' && !isDeep && (request.search ?? '').trim().length < INDEXED_LENGTH;
  const found = mayTry ? triedFirst(few, filters, reading, walk, bounds) : lookedUp(few);
  const walked = isDeep
    ? fromTheNearerEnd(order, walk, bounds)
    : `(${fromTheFront(reading, walk, bounds, found.gates)})`;
  return {
    ...(filters.name === undefined ? {} : { name: nameOf(filters.name, tables, request, scope, suffix) }),
    ...(request.appUserId === undefined ? {} : { needs: IDENTIFIERS }),
    values: values.all,
    shared: [
      `matches as materialized (${filters.matches} limit ${few})`,
      ...found.shared,
      countedSql(
        `select case when are_all then tokens else ${filters.count} end as tokens, are_all as is_sorted from found`,
        bounds,
      ),
    ],
    count: '(select tokens from counted)',
    page: documentsSql(tables, order, [`(${sorted})`, ...found.pages, walked].join('\nunion all\n')),
  };
}

/** How a statement finds out whether it has looked up all matches. */
interface Found {
  /** Common table expressions; the last one is `found`. */
  readonly shared: readonly string[];
  /** Selects of the page's rows, if it has found them on the way. */
  readonly pages: readonly string[];
  /** Subqueries that say whether the page is still to be found. */
  readonly gates: readonly string[];
}

function lookedUp(few: string): Found {
  const found = `found as materialized (select count(*) as tokens, count(*) < ${few} as are_all from matches)`;
  return { shared: [found], pages: [], gates: [] };
}

/**
 * Where matches are frequent, a short walk finds the page. PostgreSQL looks matches up only as they are read: so if the walk succeeds, it
 * looks up the first of them alone, or, where it may look up many others in vain, none.
 */
function triedFirst(
  few: string,
  { mayMiss }: ListFilters,
  order: ListOrder,
  walk: (order: ListOrder, reach: string, mostChecked: string) => string,
  { offset, limit }: PageBounds,
): Found {
  const reach = `${offset}::bigint + ${limit}`;
  const isTried = `(select tokens = ${FIRST_MATCHES} from first)`;
  const tried = cut(walk(order, reach, `(${reach}) * ${CHECKED_FOR_EACH}`), '0', reach, mayMiss ? [] : [isTried]);
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
      `found as materialized (select tokens, tokens < ${few} as are_all from (
  select case ${unlessTried}when ${isFound} then ${few} else (select count(*) from matches) end as tokens) found)`,
    ],
    pages: [
      `(select * from tried where ${isFound} order by ${order.orderBy('tried')} offset ${offset} limit ${limit})`,
    ],
    gates: [`(select not ${isFound})`],
  };
}

function nameOf(
  filters: string,
  tables: GenerationTables,
  { offset, sortBy, sortDirection }: ListTokensRequest,
  { indexes, isOfMany }: ListScope,
  suffix: string,
): string {
  const deep = offset >= DEEP_OFFSET ? ['deep'] : [];
  const places = isOfMany ? 'many' : indexes;
  return ['list', ...deep, filters, places, `${sortBy}_${sortDirection}${suffix}`, tables.token].join('_');
}
