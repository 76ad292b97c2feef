import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { byKey } from './by-key.sql.js';
import { countSql } from './count-matches.sql.js';
import { inRange, type ListOrder } from './list-order.js';
import type { ListScope, Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { lookUps } from './look-ups.js';
import { areCountedAsFound, hasAtHand, matchesSql } from './matches.sql.js';
import { ROWS, type Wanted } from './match-sources.js';
import { timeWindows } from './time-windows.js';
import type { Walk } from './walk.sql.js';

/** The filters of a list whose matches have to be counted, in the forms that its statement uses. */
export interface ListFilters {
  /** A part of the name of a prepared statement. Left out: planned for its values, which decide what is looked up first. */
  readonly name?: string;
  /** A select of all matches. */
  readonly matches: string;
  /** Whether {@link matches} is read to its end in any case, for their number. */
  readonly isWhole: boolean;
  /** Whether it may read many tokens that do not match: it looks up one time, and then checks another. */
  readonly mayMiss: boolean;
  /** A select of the columns that the order needs, from a table `matches` with what {@link matches} selects. */
  readonly sortable: string;
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
  const windows = timeWindows(request, values);
  const wanted: Wanted = { tables, scope, windows, lookUps: lookUps(tables, request, values) };
  const isOfTimes = wanted.lookUps.length === 0;
  const row = ROWS[order.table];
  const isWhole = areCountedAsFound(wanted);
  return {
    // A single window is a range of one index, right for any values.
    ...(isOfTimes && windows.length === 1 ? { name: windows[0]!.name + (request.status ? '_now' : '') } : {}),
    matches: matchesSql(wanted, hasAtHand(wanted, order) ? order.rowOf(row) : 'id'),
    isWhole,
    mayMiss: isOfTimes && windows.length > 1,
    sortable:
      hasAtHand(wanted, order) || order.column === 'id'
        ? 'select * from matches'
        : `select ${order.rowOf('k')} from matches${byKey(tables[order.table], 'k', 'k.id = matches.id')}`,
    count: isWhole ? '(select count(*) from matches)' : countSql(wanted),
    onTheWay: onTheWay(wanted, order, request.status !== undefined),
  };
}

/** @param isMoving whether time changes the windows: a cursor may have the place of a token that is no match any more */
function onTheWay(
  { tables, scope, windows, lookUps }: Wanted,
  order: ListOrder,
  isMoving: boolean,
): ListFilters['onTheWay'] {
  const { checked, checks } = scope.onTheWay;
  const ordering = windows.find(({ column }) => column === order.column);
  const inChecks = windows.filter((window) => isMoving || window !== ordering);
  const atHand = inChecks.filter(({ table }) => table === order.table);
  const other = inChecks.find(({ table }) => table !== order.table);
  const inGroup = lookUps.filter(({ row }) => row === 'm');
  const others = lookUps.filter(({ row }) => row !== 'm');
  return {
    ...(ordering ? { bounds: ordering.range } : {}),
    checked: [...checked, ...atHand.map(({ column }) => column)],
    joins: [
      ...(other ? [byKey(tables[other.table], 'd', 'd.id = c.id')] : []),
      ...(others.some(({ row }) => row === 's') ? [byKey(tables.tokenSearch, 's', 's.id = c.id')] : []),
      ...inGroup.map(({ condition }) =>
        byKey(tables.tokenMembership, 'm', `m.token_id = c.id and ${condition('c.id')}`),
      ),
    ],
    checks: [
      ...checks,
      ...inChecks.flatMap(({ table, column, range }) => inRange(table === order.table ? 'c' : 'd', column, range)),
      ...others.map(({ condition }) => condition('c.id')),
    ],
  };
}

/** Whether matches have to be counted: filters by customer and facet alone have their counts. */
export function isCounted(request: ListTokensRequest): boolean {
  const { status, search, ids, tokenGroupId, appUserId } = request;
  const { createdAtFrom, createdAtTo, updatedAtFrom, updatedAtTo, validFrom, validTo, expiresFrom, expiresTo } =
    request;
  const times = [createdAtFrom, createdAtTo, updatedAtFrom, updatedAtTo, validFrom, validTo, expiresFrom, expiresTo];
  const isOfNow = status !== undefined && status !== 'inactive';
  return isOfNow || [search, ids, tokenGroupId, appUserId, ...times].some((filter) => filter !== undefined);
}
