import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { inPlace, inRange } from './list-order.js';
import type { ListScope } from './list-scope.js';
import type { LookUp } from './look-ups.js';
import type { TimeWindow } from './time-windows.js';

/** What a list looks for. */
export interface Wanted {
  readonly tables: GenerationTables;
  /** Its customers and facets. */
  readonly scope: ListScope;
  readonly windows: readonly TimeWindow[];
  readonly lookUps: readonly LookUp[];
}

/** The tables with the times of tokens, and the names of their rows. */
export const ROWS = { token: 't', tokenUpdated: 'u' } as const;
const TIMES = { token: ['created_at', 'valid_from', 'expires_at'], tokenUpdated: ['updated_at'] } as const;

/** A select of a column or an aggregate over all matches. */
export function matchesSql(wanted: Wanted, column: string): string {
  const { tables, scope, windows, lookUps } = wanted;
  if (lookUps.length === 0 && scope.indexes === 'customers') return inPlacesSql(wanted, column);
  const [first, ...others] = rowsOf(wanted);
  const sources = { s: tables.tokenSearch, t: tables.token, u: tables.tokenUpdated };
  const joins = others.map((row) => ` join ${sources[row]} ${row} using (id)`);
  const isInGroup = lookUps.some(({ row }) => row === 'm');
  if (isInGroup) joins.push(` join ${tables.tokenMembership} m on m.token_id = ${first}.id`);
  const conditions = [
    ...lookUps.map(({ condition }) => condition(`${first}.id`)),
    // The index of a group's members is used only by statements that repeat its condition.
    ...(isInGroup ? ['m.version > 0'] : []),
    ...(scope.indexes === 'customers' ? [`${rowOfCustomer(wanted)}.customer_id = any(${scope.customers})`] : []),
    ...withinWindows(windows),
    ...(scope.indexes === 'all' ? [] : [`${first}.facet = any(${scope.facets})`]),
  ];
  return `select ${column} from ${sources[first]} ${first}${joins.join('')} where ${conditions.join(' and ')}`;
}

/**
 * A join that looks up the row of each token by its key. Without `offset 0` PostgreSQL may begin with the other conditions where it expects
 * few rows of them, and then reads all of these for every token.
 */
export function byKey(table: string, row: string, where: string): string {
  return ` cross join lateral (select * from ${table} ${row} where ${where} offset 0) ${row}`;
}

/** Conditions on the rows of {@link ROWS}. */
function withinWindows(windows: readonly TimeWindow[]): string[] {
  return windows.flatMap(({ table, column, range }) => inRange(ROWS[table], column, range));
}

/** The rows of tokens that the filters need; the first one has the facet. */
export function rowsOf(wanted: Wanted): readonly ['s' | 't' | 'u', ...('t' | 'u')[]] {
  const { scope, windows, lookUps } = wanted;
  const ofTimes = new Set(windows.map(({ table }) => ROWS[table]));
  if (scope.indexes === 'customers') ofTimes.add(rowOfCustomer(wanted));
  const times = (['t', 'u'] as const).filter((row) => ofTimes.has(row));
  if (lookUps.some(({ row }) => row === 's')) return ['s', ...times];
  const [first = 't', ...others] = times;
  return [first, ...others];
}

function rowOfCustomer({ windows }: Wanted): 't' | 'u' {
  return windows.length > 0 && windows.every(({ table }) => table === 'tokenUpdated') ? 'u' : 't';
}

/**
 * Looks up times place by place: a plan that does not know the customers could look up the time among all tokens, even for a customer with
 * a single token. The `order by` makes PostgreSQL take the index with that time; `offset 0` prevents a look-up by another time instead.
 */
function inPlacesSql({ tables, scope, windows }: Wanted, column: string): string {
  const first = windows.find(({ rest }) => !rest) ?? windows[0]!;
  const others = windows.filter((window) => window !== first);
  const row = ROWS[first.table];
  const columns = ['id', ...TIMES[first.table]].map((name) => `${row}.${name}`);
  const other = others.find(({ table }) => table !== first.table);
  const join = other ? byKey(tables[other.table], ROWS[other.table], `${ROWS[other.table]}.id = ${row}.id`) : '';
  return `select ${column} from ${tables.tokenCount} place cross join lateral (
  select ${columns.join(', ')} from ${tables[first.table]} ${row} where ${inPlace(row, first.column, first.range).join(' and ')} order by ${row}.customer_id, ${row}.facet, ${row}.${first.column} offset 0
) ${row}${join}
where ${[scope.places, 'place.tokens > 0', ...withinWindows(others)].join(' and ')}`;
}
