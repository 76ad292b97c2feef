import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { inPlace, inRange, narrowed, type KeyRange, type ListOrder, type Start, type Stretch } from './list-order.js';
import type { ListScope, WalkedIndexes } from './list-scope.js';

/**
 * A limit that keeps the checks outside the walk, so that the walk stays one plan node. `offset 0` would do that too, but then PostgreSQL
 * plans the walk for reading all rows: for a page of 50 it would rather sort all tokens than read them by an index.
 */
const ANY_NUMBER = '9223372036854775807';

export interface Walk {
  readonly order: ListOrder;
  readonly indexes: WalkedIndexes;
  /** The places whose indexes are merged. */
  readonly scope: Pick<ListScope, 'places' | 'customers' | 'isWalkedWhole'>;
  /** The largest number of rows to return: a placeholder or a subquery. */
  readonly reach: string;
  /** The largest number of rows to check, in the first stretch alone; left out: all. */
  readonly mostChecked?: string | undefined;
  /** The place that the walk begins behind; left out: at the beginning of the order. */
  readonly start?: Start | undefined;
  /** Limits the walk: a range of the column that orders it. */
  readonly bounds?: KeyRange;
  /** Columns of `t` that {@link checks} use. */
  readonly checked?: readonly string[];
  /** Tables that {@link checks} use, joined by key to a row `c` of the walk. */
  readonly joins?: readonly string[];
  /** Conditions on rows of `c` and of the joined tables. The walk checks each row against them and looks up none by them. */
  readonly checks?: readonly string[];
}

/**
 * The first rows of an order, read from indexes that have it: `id`, `sort_key` unless that is the id, and `rank` if there are several
 * stretches.
 */
export function walkSql(tables: GenerationTables, walk: Walk): string {
  const { order, indexes, reach, scope } = walk;
  if (indexes === 'all') return stretchesSql(tables, walk);
  if (isOfWholeCustomers(walk))
    return `select head.* from unnest(${scope.customers}::bigint[]) place (customer_id) cross join lateral (
  ${stretchesSql(tables, walk)}
) head
order by ${order.orderBy('head')} limit ${reach}`;
  return `select head.* from ${tables.tokenCount} place cross join lateral (
  ${stretchesSql(tables, walk)}
) head
where ${scope.places} and place.tokens > 0
order by ${order.orderBy('head')} limit ${reach}`;
}

function stretchesSql(tables: GenerationTables, walk: Walk): string {
  const { order, reach, bounds, start, mostChecked } = walk;
  const stretches = start ? order.behind(start) : order.stretches;
  // An upper bound excludes the tokens that never expire.
  const all = stretches.filter(({ rank }) => rank === 0 || bounds?.below === undefined);
  // A walk that checks no more than some rows may end before its stretch does: what comes behind the stretch is not next then.
  const within = mostChecked === undefined ? all : all.slice(0, 1);
  const [only, ...others] = within.map((stretch) => stretchSql(tables, walk, stretch));
  if (others.length === 0) return only!;
  // An Append runs its branches one after the other: the second stretch is not touched while the first one suffices.
  return `select * from ((${[only, ...others].join(')\n  union all (')})) stretches limit ${reach}`;
}

function stretchSql(tables: GenerationTables, walk: Walk, { range, rank }: Stretch): string {
  const { order, indexes, reach, bounds, mostChecked = ANY_NUMBER, checked = [], joins = [], checks = [] } = walk;
  const conditions = conditionsOf(walk, bounds ? narrowed(range, bounds) : range);
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const ranked = order.stretches.length > 1 ? `, ${rank} as rank` : '';
  const place = isKeyOfPlace(order, indexes) ? ['customer_id', 'facet'] : [];
  const orderBy = (row: string) => order.orderRows(row, place);
  const read = `from ${tables[order.table]} t${where} order by ${orderBy('t')}`;
  if (checks.length === 0 && joins.length === 0)
    return `select t.id${order.sortKey('t')}${ranked} ${read} limit ${reach}`;
  const columns = ['id', order.column, ...place, ...checked].map((name) => `t.${name}`);
  const checking = checks.length === 0 ? '' : `\n  where ${checks.join(' and ')}`;
  return `select c.id${order.sortKey('c')}${ranked} from (select ${[...new Set(columns)].join(', ')} ${read} limit ${mostChecked}) c${joins.join('')}${checking} order by ${orderBy('c')} limit ${reach}`;
}

function conditionsOf(walk: Walk, range: KeyRange): string[] {
  const { order, indexes } = walk;
  if (isKeyOfPlace(order, indexes)) return inPlace('t', order.column, range);
  const places = {
    all: [],
    facets: ['t.facet = place.facet'],
    // The index of whole customers is used only by statements that repeat its condition.
    customers: [
      't.customer_id = place.customer_id',
      isOfWholeCustomers(walk) ? 't.customer_id > 0' : 't.facet = place.facet',
    ],
  };
  return [...places[indexes], ...inRange('t', order.column, range)];
}

function isOfWholeCustomers({ order, indexes, scope }: Walk): boolean {
  return indexes === 'customers' && scope.isWalkedWhole(order.column);
}

/** Of the indexes by customer and facet the one by id is the smallest, so PostgreSQL prefers it without help. */
function isKeyOfPlace(order: ListOrder, indexes: WalkedIndexes): boolean {
  return indexes === 'customers' && order.column !== 'id';
}
