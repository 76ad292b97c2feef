import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { snapshotSql, type ReadStatement, type SnapshotParts, type WantedDocuments } from '../reading/snapshot.sql.js';
import { filteredPagesSql } from './filtered-pages.sql.js';
import { isCounted } from './list-filters.js';
import { ListOrder } from './list-order.js';
import { ListScope, MANY_CUSTOMERS, placesName, Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { countedSql, cut, DEEP_OFFSET, documentsSql, fromTheFront, fromTheNearerEnd } from './page.sql.js';
import { readingOrder, type PageStart } from './page-start.js';
import { walkSql } from './walk.sql.js';

/**
 * The statement of one list request. list-tokens.generated.sql beside this file shows the statements for typical requests.
 * @param customers null: all customers
 * @param from where the page begins, in place of an offset
 */
export function listTokensSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
  wanted: WantedDocuments,
  from?: PageStart,
): ReadStatement {
  return snapshotSql(tables, listParts(tables, request, customers, from), wanted);
}

/** The parts of the statement of {@link listTokensSql}. */
export function listParts(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
  from?: PageStart,
): SnapshotParts {
  if (isCounted(request)) return filteredPagesSql(tables, request, customers, from);
  if (customers && customers.length > MANY_CUSTOMERS) return manyCustomersSql(tables, request, customers, from);
  if (request.offset >= DEEP_OFFSET) return deepPagesSql(tables, request, customers);
  return firstPagesSql(tables, request, customers, from);
}

/**
 * Customer and facet filters only: the count is a sum over the count table, which also gives the places to look. Every (customer, facet)
 * with tokens is one short range of an index that already has the wanted order; the page is merged from the first rows of these ranges.
 */
function firstPagesSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
  from: PageStart | undefined,
): SnapshotParts {
  const values = new Values();
  const { sortBy, sortDirection, offset, limit } = request;
  const scope = new ListScope(tables, request, customers, values);
  const { indexes } = scope;
  const [skipped, most] = [values.bind(offset), values.bind(limit)];
  const { order, reading, start, suffix } = readingOrder(request, from, values);
  const statement = {
    name: `list_${placesName(scope, request)}_${sortBy}_${sortDirection}${suffix}_${tables.token}`,
    values: values.all,
    shared: [],
    count: `(${scope.tokens})`,
  };
  if (indexes === 'all' && sortBy === 'id' && !start) {
    const page = `select t.document from ${tables.token} t order by t.id ${sortDirection} offset ${skipped} limit ${most}`;
    return { ...statement, page };
  }
  const walk = walkSql(tables, { order: reading, indexes, scope, start, reach: values.bind(offset + limit) });
  return { ...statement, page: documentsSql(tables, order, cut(walk, skipped, most)) };
}

/**
 * Pages far into a list that has customer and facet filters only, read from the end they are nearer to. The way to the page goes through an
 * index alone. Over all customers this is the one index of all tokens, and each token's facet is checked: merging a range per facet would
 * read and sort every range up to the page.
 */
function deepPagesSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): SnapshotParts {
  const values = new Values();
  const { sortBy, sortDirection } = request;
  const scope = new ListScope(tables, request, customers, values);
  const bounds = { offset: values.bind(request.offset), limit: values.bind(request.limit) };
  const order = new ListOrder(sortBy, sortDirection);
  const indexes = scope.indexes === 'customers' ? 'customers' : 'all';
  const walk = (inOrder: ListOrder, reach: string) =>
    walkSql(tables, { order: inOrder, indexes, scope, reach, ...scope.onTheWay });
  return {
    name: `list_deep_${placesName(scope, request)}_${sortBy}_${sortDirection}_${tables.token}`,
    values: values.all,
    shared: [countedSql(`select tokens, false as is_sorted from (${scope.tokens}) all_tokens`, bounds)],
    count: '(select tokens from counted)',
    page: documentsSql(tables, order, fromTheNearerEnd(order, walk, bounds)),
  };
}

/** Checking one token costs about as much as merging this many tokens of a place. */
const CHECK_COSTS = 5;

/**
 * Customer and facet filters with many customers. In total they may have most of all tokens, in places so short that merging would read
 * nearly all of these tokens. If they have that many, the statement walks the order of all tokens instead, and checks each token. Both ways
 * cost the same when tokens of the customers = square root of (reach × all tokens).
 */
function manyCustomersSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[],
  from: PageStart | undefined,
): SnapshotParts {
  const values = new Values();
  const { sortBy, sortDirection } = request;
  const scope = new ListScope(tables, request, customers, values);
  const bounds = { offset: values.bind(request.offset), limit: values.bind(request.limit) };
  const { order, reading, start, suffix } = readingOrder(request, from, values);
  const merged = (inOrder: ListOrder, reach: string) =>
    walkSql(tables, { order: inOrder, indexes: 'customers', scope, start, reach });
  const walked = (inOrder: ListOrder, reach: string) =>
    walkSql(tables, { order: inOrder, indexes: 'all', scope, start, reach, ...scope.onTheWay });
  // Nothing is skipped behind a cursor, so that its page is always read from where it begins.
  const cutFrom = start ? fromTheFront : fromTheNearerEnd;
  const reach = `least(${bounds.offset} + ${bounds.limit}, greatest(tokens - ${bounds.offset}, 0))`;
  return {
    name: `list_${placesName(scope, request)}_${sortBy}_${sortDirection}${suffix}_${tables.token}`,
    values: values.all,
    shared: [
      countedSql(`select tokens, false as is_sorted from (${scope.tokens}) all_tokens`, bounds),
      `ways as materialized (
select tokens::float8 * tokens > ${CHECK_COSTS} * ${reach}::float8 * (${scope.allTokens}) as are_common from counted)`,
    ],
    count: '(select tokens from counted)',
    page: documentsSql(
      tables,
      order,
      `(${cutFrom(reading, merged, bounds, ['(select not are_common from ways)'])})
union all
(${cutFrom(reading, walked, bounds, ['(select are_common from ways)'])})`,
    ),
  };
}
