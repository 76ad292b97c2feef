import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { searchTerm } from '#token-read-model/search-text.js';
import { inPlace, inRange, type KeyRange, type ListOrder } from './list-order.js';
import type { ListScope, Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import type { Walk } from './walk.sql.js';

/** The filters of a list with a search or dates, in the two forms that statements use. */
export interface ListFilters {
  /** Look up: a select of a column or an aggregate over all matches. */
  readonly matches: (column: string) => string;
  /** A subquery: the number of matches. */
  readonly count: string;
  /** Check while walking an order. */
  readonly onTheWay: Pick<Walk, 'bounds' | 'checked' | 'joins' | 'checks'>;
}

export function listFilters(
  tables: GenerationTables,
  request: ListTokensRequest,
  scope: ListScope,
  order: ListOrder,
  values: Values,
): ListFilters {
  const dates = dateFilters(request, values);
  const search = request.search === undefined ? [] : [searchCondition(request.search, values)];
  const facets = (row: string) => (scope.indexes === 'all' ? [] : [`${row}.facet = any(${scope.facets})`]);
  const ofToken = [
    ...(scope.indexes === 'customers' ? [`t.customer_id = any(${scope.customers})`] : []),
    ...onDates('t', dates),
  ];
  const matches = (column: string) => {
    if (search.length === 0 && scope.indexes === 'customers') return datesOfCustomers(tables, scope, dates, column);
    if (search.length === 0)
      return `select ${column} from ${tables.token} t where ${[...ofToken, ...facets('t')].join(' and ')}`;
    const join = ofToken.length > 0 ? ` join ${tables.token} t using (id)` : '';
    return `select ${column} from ${tables.tokenSearch} s${join} where ${[...search, ...ofToken, ...facets('s')].join(' and ')}`;
  };
  const isCountedFromEitherEnd =
    search.length === 0 && request.expiresFrom === undefined && scope.indexes !== 'customers';
  return {
    matches,
    count: isCountedFromEitherEnd
      ? fromTheNearerEnd(tables, scope, dates[0]!, facets('t'))
      : `(${matches('count(*)')})`,
    onTheWay: onTheWay(tables, order, dates, search, scope),
  };
}

/**
 * Looks up dates place by place: a plan that does not know the customers could look up the date among all tokens, even for a customer with
 * a single token. The `order by` makes PostgreSQL take the index with that date; `offset 0` prevents a look-up by the second date instead.
 */
function datesOfCustomers(
  { token, tokenCount }: GenerationTables,
  scope: ListScope,
  [first, ...others]: readonly DateFilter[],
  column: string,
): string {
  const inOne = `${inPlace('t', first!.column, first!.range).join(' and ')} order by t.customer_id, t.facet, t.${first!.column}`;
  return `select ${column} from ${tokenCount} place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from ${token} t where ${inOne} offset 0
) t
where ${[scope.places, 'place.tokens > 0', ...onDates('t', others)].join(' and ')}`;
}

/**
 * The number of all tokens is known. So the statement counts the tokens before the date if these seem to be fewer than those after it,
 * judged by the time to the first and to the last token.
 */
function fromTheNearerEnd(
  { token }: GenerationTables,
  scope: ListScope,
  { column, value }: DateFilter,
  facets: readonly string[],
): string {
  const count = (operator: string) =>
    `(select count(*) from ${token} t where ${[`t.${column} ${operator} ${value}`, ...facets].join(' and ')})`;
  const isNearTheFirst = `${value} - (select min(t.${column}) from ${token} t) < (select max(t.${column}) from ${token} t) - ${value}`;
  return `(case when ${isNearTheFirst} then (${scope.tokens}) - ${count('<')} else ${count('>=')} end)`;
}

function onTheWay(
  tables: GenerationTables,
  order: ListOrder,
  dates: readonly DateFilter[],
  search: readonly string[],
  scope: ListScope,
): ListFilters['onTheWay'] {
  const { checked, checks } = scope.onTheWay;
  const bounds = dates.find(({ column }) => column === order.column);
  const others = dates.filter(({ column }) => column !== order.column);
  const hasDates = order.table === 'token';
  return {
    ...(bounds ? { bounds: bounds.range } : {}),
    checked: [...checked, ...(hasDates ? others.map(({ column }) => column) : [])],
    joins: [
      ...(others.length > 0 && !hasDates ? [` join ${tables.token} d on d.id = c.id`] : []),
      ...(search.length > 0 ? [` join ${tables.tokenSearch} s on s.id = c.id`] : []),
    ],
    checks: [...checks, ...onDates(hasDates ? 'c' : 'd', others), ...search],
  };
}

interface DateFilter {
  readonly column: 'valid_from' | 'expires_at';
  /** Placeholder of the instant. */
  readonly value: string;
  readonly range: KeyRange;
}

function dateFilters({ validFrom, expiresFrom }: ListTokensRequest, values: Values): DateFilter[] {
  const filters: DateFilter[] = [];
  if (validFrom !== undefined) {
    const value = `${values.bind(validFrom)}::timestamptz`;
    filters.push({ column: 'valid_from', value, range: { from: value } });
  }
  if (expiresFrom !== undefined) {
    const value = `${values.bind(expiresFrom)}::timestamptz`;
    filters.push({ column: 'expires_at', value, range: { from: value, below: `'infinity'` } });
  }
  return filters;
}

/** The filters as conditions on a row. */
function onDates(row: string, filters: readonly DateFilter[]): string[] {
  return filters.flatMap(({ column, range }) => inRange(row, column, range));
}

/** A search as a condition on a row `s` of the search table. */
function searchCondition(search: string, values: Values): string {
  const term = searchTerm(search);
  if (!term) return 'false';
  const spellings = term.patterns.map((pattern) => `s.text like ${values.bind(pattern)}`);
  const id = term.id === undefined ? [] : [`s.id = ${values.bind(term.id)}::bigint`];
  return `(${[...spellings, ...id].join(' or ')})`;
}
