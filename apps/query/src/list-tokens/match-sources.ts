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

/** PostgreSQL does not look at the value, and plans for a tenth of the rows: so it takes the index in the order of the rows. */
const ANY_NUMBER = '(select 9223372036854775807)';

/** A table that filters look into. A token matches if it has a row in every source. */
export interface MatchSource {
  /** The name of its row: of the token, its times of change, its identifiers, its memberships. */
  readonly row: 't' | 'u' | 's' | 'm';
  readonly table: string;
  /** The column with the token's id. */
  readonly id: 'id' | 'token_id';
  readonly conditions: readonly string[];
  /** The `from` of a select of its rows, with the conditions. */
  readonly from: string;
  /** A select of the `id` of each of its rows, for where they are many. */
  readonly allIds: string;
  /**
   * How to know whether it has few rows. `few`: it always has. `counted`: they are tokens of the customers. `found`: by reading the first
   * of them from an index. `scanned`: by reading the table. `many`: all tokens, those of some facets, or those whose times are usual.
   */
  readonly size: 'few' | 'counted' | 'found' | 'scanned' | 'many';
}

/**
 * At least one of the sources has a row for every token: a membership may be of a token that does not exist. Texts come before times: a
 * rare text beside a usual time would cost much more the other way round than a usual text beside a rare time does.
 */
export function matchSources(wanted: Wanted): readonly MatchSource[] {
  const { tables, lookUps } = wanted;
  const ofTokens = [...ofIdentifiers(wanted), ...ofTimes(wanted, 'token'), ...ofTimes(wanted, 'tokenUpdated')];
  const members = lookUps
    .filter(({ row }) => row === 'm')
    // The index of a group's members is used only by statements that repeat its condition.
    .map(({ condition }) => [condition('m.token_id'), 'm.version > 0'])
    .map((conditions) => source({ row: 'm', table: tables.tokenMembership, conditions, size: 'found' }));
  const all = source({ row: 't', table: tables.token, conditions: facets(wanted, 't'), size: 'many' });
  return [...members, ...(ofTokens.length === 0 ? [all] : ofTokens)];
}

type Given = Pick<MatchSource, 'row' | 'table' | 'conditions' | 'size'>;

function source({ row, table, conditions, size }: Given): MatchSource {
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const id = row === 'm' ? 'token_id' : 'id';
  const from = `from ${table} ${row}${where}`;
  return { row, table, id, conditions, from, allIds: `select ${row}.${id} as id ${from}`, size };
}

/** By the ids of tokens, their customers and their times. */
function ofTimes(wanted: Wanted, table: TimeWindow['table']): MatchSource[] {
  const { tables, scope, windows, lookUps } = wanted;
  const row = ROWS[table];
  const within = windows.filter((window) => window.table === table);
  const ids = row === 't' ? lookUps.filter((lookUp) => lookUp.row === 'token') : [];
  const isFirst = row === 't' && (windows.length === 0 || ids.length > 0);
  const isOfCustomers = scope.indexes === 'customers' && (within.length > 0 || isFirst);
  if (ids.length + within.length === 0 && !isOfCustomers) return [];
  const conditions = [
    ...ids.map(({ condition }) => condition('t.id')),
    ...(isOfCustomers
      ? [`${row}.customer_id = any(${scope.customers})`, `${row}.facet = any(${scope.facets})`]
      : facets(wanted, row)),
    ...within.flatMap(({ column, range }) => inRange(row, column, range)),
  ];
  const isSelective = within.some(({ rest }) => !rest);
  const size = ids.length > 0 ? 'few' : isSelective ? 'found' : isOfCustomers ? 'counted' : 'many';
  const found = source({ row, table: tables[table], conditions, size });
  const isByPlace = isOfCustomers && within.length > 0 && ids.length === 0;
  if (!isByPlace) return [found];
  const from = fromPlaces(wanted, table, within);
  // PostgreSQL expects hundreds of times the rows of places; an array hides that. Many customers have most rows of the table.
  const allIds = scope.isOfMany ? found.allIds : `select unnest(array(select ${row}.id ${from})) as id`;
  return [{ ...found, from, allIds }];
}

/**
 * Looks up times place by place: a plan that does not know the customers could look up the time among all tokens, even for a customer with
 * a single token. The `order by` makes PostgreSQL take the index with that time; the `limit` prevents a look-up by another time instead.
 */
function fromPlaces({ tables, scope }: Wanted, table: TimeWindow['table'], windows: readonly TimeWindow[]): string {
  const first = windows.find(({ rest }) => !rest) ?? windows[0]!;
  const others = windows.filter((window) => window !== first);
  const row = ROWS[table];
  const columns = ['id', ...TIMES[table]].map((name) => `${row}.${name}`);
  return `from ${tables.tokenCount} place cross join lateral (
  select ${columns.join(', ')} from ${tables[table]} ${row} where ${inPlace(row, first.column, first.range).join(' and ')} order by ${row}.customer_id, ${row}.facet, ${row}.${first.column} limit ${ANY_NUMBER}
) ${row}
where ${[scope.places, 'place.tokens > 0', ...others.flatMap(({ column, range }) => inRange(row, column, range))].join(' and ')}`;
}

function ofIdentifiers(wanted: Wanted): MatchSource[] {
  const lookUps = wanted.lookUps.filter(({ row }) => row === 's');
  if (lookUps.length === 0) return [];
  const conditions = [...lookUps.map(({ condition }) => condition('s.id')), ...facets(wanted, 's')];
  const size = lookUps.some(({ isIndexed }) => isIndexed) ? 'found' : 'scanned';
  return [source({ row: 's', table: wanted.tables.tokenSearch, conditions, size })];
}

function facets({ scope }: Wanted, row: string): string[] {
  return scope.isOfAllFacets ? [] : [`${row}.facet = any(${scope.facets})`];
}
