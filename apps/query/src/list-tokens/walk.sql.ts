import type { GenerationTables } from '#read-model/generation-tables.js';
import type { ListOrder } from './list-order.js';
import type { ListScope, WalkedIndexes } from './list-scope.js';

export interface Walk {
  readonly order: ListOrder;
  readonly indexes: WalkedIndexes;
  /** Where merged indexes are to be found. */
  readonly scope: Pick<ListScope, 'places'>;
  /** How many rows are read at most, a placeholder or a subquery. */
  readonly reach: string;
  /** Bounds the walk: a condition on a row `t` of the table that is walked. */
  readonly bounds?: readonly string[];
  /** Columns of `t` that {@link checks} look at. */
  readonly checked?: readonly string[];
  /** Tables that {@link checks} look at, joined by key to a row `c` of the walk. */
  readonly joins?: readonly string[];
  /** Checked on the way, never looked up: conditions on rows of `c` and of the joined tables. */
  readonly checks?: readonly string[];
}

/** The first rows of an order, read from indexes that have it: `id`, `sort_key` unless that is the id, and `rank` where there are several stretches. */
export function walkSql(tables: GenerationTables, walk: Walk): string {
  const { order, indexes, reach, scope } = walk;
  if (indexes === 'all') return stretchesSql(tables, walk, []);
  const place = ['t.facet = place.facet', ...(indexes === 'customers' ? ['t.customer_id = place.customer_id'] : [])];
  return `select head.* from ${tables.tokenCount} place cross join lateral (
  ${stretchesSql(tables, walk, place)}
) head
where ${scope.places} and place.tokens > 0
order by ${order.orderBy('head')} limit ${reach}`;
}

function stretchesSql(tables: GenerationTables, walk: Walk, place: readonly string[]): string {
  const { order, reach } = walk;
  const [only, ...others] = order.stretches.map((stretch) => stretchSql(tables, walk, stretch, place));
  if (others.length === 0) return only!;
  // An Append runs its branches one after the other: the second stretch is not touched while the first one suffices.
  return `select * from ((${[only, ...others].join(')\n  union all (')})) stretches limit ${reach}`;
}

function stretchSql(
  tables: GenerationTables,
  { order, reach, bounds = [], checked = [], joins = [], checks = [] }: Walk,
  { condition, rank }: ListOrder['stretches'][number],
  place: readonly string[],
): string {
  const conditions = [...place, ...(condition ? [condition] : []), ...bounds];
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const ranked = order.stretches.length > 1 ? `, ${rank} as rank` : '';
  const read = `from ${tables[order.table]} t${where} order by ${order.orderRows('t')}`;
  if (checks.length === 0) return `select t.id${order.sortKey('t')}${ranked} ${read} limit ${reach}`;
  // `offset 0` keeps the checks outside, so that the walk stays one.
  const columns = ['id', order.column, ...checked].map((name) => `t.${name}`);
  return `select c.id${order.sortKey('c')}${ranked} from (select ${[...new Set(columns)].join(', ')} ${read} offset 0) c${joins.join('')}
  where ${checks.join(' and ')} order by ${order.orderRows('c')} limit ${reach}`;
}
