import { ALL_CUSTOMERS } from '#read-model/count-table.js';
import { ALL_FACETS, facetCodesMatching, type FacetCode } from '#read-model/facet.js';
import type { GenerationTables } from '#read-model/generation-tables.js';
import { searchTerm } from '#read-model/search-text.js';
import type { ReadStatement } from '../reading/read-model-reader.js';
import { snapshotSql } from '../reading/snapshot.sql.js';
import type { ListTokensRequest, SortDirection } from './list-tokens.request.js';
import { SORT_COLUMNS, type SortColumn } from './sort-columns.js';

/**
 * The statement of one list request. list-tokens.generated.sql beside this file shows what comes out for typical requests.
 * @param customers null for everybody's tokens
 */
export function listTokensSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): ReadStatement {
  const isCounted =
    request.search === undefined && request.validFrom === undefined && request.expiresFrom === undefined;
  return isCounted ? countedSql(tables, request, customers) : filteredSql(tables, request, customers);
}

/**
 * Customer and facet filters only: the count is a sum over the count table, and so are the places to look. Every (customer,
 * facet) with tokens is one short range of an index that already has the wanted order; the page is merged from their heads.
 */
function countedSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): ReadStatement {
  const facets = facetsOf(request);
  const { sortBy, sortDirection, offset, limit } = request;
  const count = `(select coalesce(sum(c.tokens), 0) from ${tables.tokenCount} c where c.customer_id = any($1) and c.facet = any($2))`;
  const values = [customers ?? [ALL_CUSTOMERS], facets, offset, limit];
  if (customers === null && facets.length === ALL_FACETS.length && sortBy === 'id') {
    const page = `select t.document from ${tables.token} t order by t.id ${sortDirection} offset $3 limit $4`;
    return { name: `list_all_${sortDirection}_${tables.token}`, text: snapshotSql(tables, count, page), values };
  }
  const column = SORT_COLUMNS[sortBy];
  const page = mergedPage(tables, column, sortDirection, customers !== null);
  const name = `list_${customers ? 'customers' : 'facets'}_${sortBy}_${sortDirection}_${tables.token}`;
  return { name, text: snapshotSql(tables, count, page), values: [...values, String(BigInt(offset) + BigInt(limit))] };
}

function mergedPage(
  tables: GenerationTables,
  column: SortColumn,
  direction: SortDirection,
  byCustomer: boolean,
): string {
  const { table, order } = column;
  const place = `t.facet = c.facet${byCustomer ? ' and t.customer_id = c.customer_id' : ''}`;
  const heads = column
    .ranges(direction)
    .map(
      ({ condition, rank }) =>
        `(select t.id, ${order} as sort_key, ${rank} as rank from ${tables[table]} t where ${place}${condition} order by ${order} ${direction}, t.id ${direction} limit $5)`,
    );
  return `select t.document from (
  select head.id, head.sort_key, head.rank
  from ${tables.tokenCount} c cross join lateral (
    ${heads.join('\n    union all ')}
  ) head
  where c.customer_id = any($1) and c.facet = any($2) and c.tokens > 0
  order by head.rank, head.sort_key ${direction}, head.id ${direction} offset $3 limit $4
) page join ${tables.token} t using (id)
order by page.rank, page.sort_key ${direction}, page.id ${direction}`;
}

/** With a search or a date the count has to look; count and page share their conditions. Planned anew for its values each time. */
function filteredSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): ReadStatement {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const conditions = filterConditions(tables, request, customers, bind);
  const { table, order, nullsLast } = SORT_COLUMNS[request.sortBy];
  const direction = request.sortDirection;
  const where = conditions.join(' and ');
  const sortSource = table === 'token' ? '' : ` join ${tables[table]} u using (id)`;
  const sortKey = table === 'token' ? order : order.replace('t.', 'u.');
  const page = `select t.document from ${tables.token} t${sortSource}
where ${where}
order by ${nullsLast ? `${nullsLast}, ` : ''}${sortKey} ${direction}, t.id ${direction} offset ${bind(request.offset)} limit ${bind(request.limit)}`;
  return { text: snapshotSql(tables, `(select count(*) from ${tables.token} t where ${where})`, page), values };
}

function filterConditions(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
  bind: (value: unknown) => string,
): string[] {
  const conditions = [];
  const facets = facetsOf(request);
  if (customers) conditions.push(`t.customer_id = any(${bind(customers)})`);
  if (facets.length < ALL_FACETS.length) conditions.push(`t.facet = any(${bind(facets)})`);
  if (request.validFrom) conditions.push(`t.valid_from >= ${bind(request.validFrom)}`);
  if (request.expiresFrom)
    conditions.push(`t.expires_at >= ${bind(request.expiresFrom)} and t.expires_at < 'infinity'`);
  if (request.search !== undefined) conditions.push(searchCondition(tables, request.search, bind));
  return conditions;
}

function searchCondition(tables: GenerationTables, search: string, bind: (value: unknown) => string): string {
  const term = searchTerm(search);
  if (!term) return 'false';
  const matches = [
    `select s.id from ${tables.tokenSearch} s where ${term.patterns.map((pattern) => `s.text like ${bind(pattern)}`).join(' or ')}`,
  ];
  if (term.id !== undefined) matches.push(`select ${bind(term.id)}::bigint`);
  return `t.id in (${matches.join(' union ')})`;
}

function facetsOf({ type, isActive, roamingEnabled, priority }: ListTokensRequest): FacetCode[] {
  return facetCodesMatching({ type, isActive, roamingEnabled, priority });
}
