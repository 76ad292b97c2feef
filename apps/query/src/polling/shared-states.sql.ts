import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import { CHANGES_SINCE, type GenerationTables } from '#token-read-model/generation-tables.js';
import { snapshotSql, type ReadStatement, type WantedDocuments } from '../reading/snapshot.sql.js';
import { BEFORE_STATE, GENERATION_STATE, newestOfAll, newestOfOne, noPage, type Visible } from './visible-state.sql.js';

/** The customers whose tokens were erased since, at most: with more, they may be any. */
const MOST_ERASED = 1_000;

/**
 * The states of many lists in one statement; {@link sharedStates} reads them.
 * @param customers of all these lists
 * @param since names those customers, too, whose tokens were erased after this position
 */
export function sharedStatesSql(
  { tables, schemaVersion, customers }: Visible & { readonly customers: readonly number[] },
  since: number,
  wanted: WantedDocuments,
): ReadStatement {
  if (schemaVersion < CHANGES_SINCE)
    return snapshotSql(tables, { values: [], count: "''", page: noPage(tables) }, wanted);
  const newest = `concat(given.customer_id, ':', ${newestOfOne(tables)})`;
  const each = `(select string_agg(${newest}, ',') from unnest($1::bigint[]) given (customer_id))`;
  const count = `concat_ws('${BEFORE_STATE}', ${GENERATION_STATE}, coalesce(${newestOfAll(tables)}, 0), coalesce(${each}, ''), coalesce(${erasedSql(tables)}, ''))`;
  const parts = { name: `states_${tables.token}`, values: [customers, since], count, page: noPage(tables) };
  return { ...snapshotSql(tables, parts, wanted), pool: 'state' };
}

export interface SharedStates {
  /** What no customer's state is without. */
  readonly ofGeneration: string;
  readonly newestOfAll: number;
  readonly newest: ReadonlyMap<number, number>;
  /** Who has lost tokens for everybody since the given position. undefined: it may be anybody. */
  readonly erased: ReadonlySet<number> | undefined;
}

/** @param count of a reading. undefined: tables of an older schema version tell no state. */
export function sharedStates(count: string): SharedStates | undefined {
  const [ofGeneration, newestOfAll = '', each = '', erased = ''] = count.split(BEFORE_STATE);
  if (!ofGeneration) return undefined;
  const pairs = each.split(',').map((pair) => pair.split(':').map(Number) as [number, number]);
  const gone = erased === '' ? [] : erased.split(',').map(Number);
  return {
    ofGeneration,
    newestOfAll: Number(newestOfAll),
    newest: new Map(each === '' ? [] : pairs),
    erased: gone.length > MOST_ERASED ? undefined : new Set(gone),
  };
}

/** The state of one list, as the statement of its page names it. @param customers null: all customers */
export function stateOf(
  { ofGeneration, newestOfAll, newest }: SharedStates,
  customers: readonly number[] | null,
): string {
  const last = customers ? Math.max(0, ...customers.map((id) => newest.get(id)!)) : newestOfAll;
  return `${ofGeneration}-${last}`;
}

/** All who have ever had a token that was erased. */
function erasedSql({ tokenGone }: GenerationTables): string {
  return `(select string_agg(former.customer_id::text, ',') from (
  select former.customer_id from ${tokenGone} gone join ${tokenGone} former using (id)
  where gone.customer_id = ${ALL_CUSTOMERS} and gone.position > $2::bigint
  order by gone.position desc limit ${MOST_ERASED + 1}
) former)`;
}
