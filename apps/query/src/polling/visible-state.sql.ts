import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import { CHANGES_SINCE, type GenerationTables } from '#token-read-model/generation-tables.js';
import { MANY_CUSTOMERS } from '../list-tokens/list-scope.js';
import { snapshotSql, type ReadStatement, type SnapshotParts, type WantedDocuments } from '../reading/snapshot.sql.js';

export const BEFORE_STATE = '/';
/** The last changes of all customers that are looked at first for many customers. */
const RECENT = 200;
/** The position of the events, while deferred work is left. */
const UNTIL_COMPLETE = 'case when g.complete_to is not null then g.position end';
/** The part of every state that is the same for all customers. */
export const GENERATION_STATE = `concat_ws('-', g.number, g.lineage, g.turns, ${UNTIL_COMPLETE})`;

/** The tables that an answer is read from, and whose tokens it may show. */
export interface Visible {
  readonly tables: GenerationTables;
  readonly schemaVersion: number;
  /** null: all customers. */
  readonly customers: readonly number[] | null;
}

/**
 * Has a statement also name the state of everything that these customers' tokens show, in its own snapshot. {@link countAndState} reads it.
 * Tables of an older schema version do not know the order of changes, so the statement stays as it is.
 */
export function withVisibleState(parts: SnapshotParts, visible: Visible): SnapshotParts {
  const { schemaVersion, customers } = visible;
  if (schemaVersion < CHANGES_SINCE) return parts;
  if (customers === null) return withState(parts, stateSql(newestOfAll(visible.tables)), 'of_all');
  const values = [...parts.values, customers];
  const given = `$${values.length}`;
  const ofSome = { ...parts, values };
  if (customers.length <= MANY_CUSTOMERS)
    return withState(ofSome, stateSql(newestOf(visible.tables, given)), 'of_some');
  const shared = [...(parts.shared ?? []), ...recentSql(visible.tables, given)];
  return withState({ ...ofSome, shared }, stateSql(newestOfMany(visible.tables, given)), 'of_many');
}

/** No rows, but PostgreSQL wants the right to read tokens: without it, nobody gets one from memory either. */
export function noPage({ token }: GenerationTables): string {
  return `select t.document from ${token} t where false`;
}

/** The state alone, without any document. */
export function visibleStateSql(visible: Visible, wanted: WantedDocuments): ReadStatement {
  const { tables } = visible;
  const nothing = { name: `state_${tables.token}`, values: [], count: '0', page: noPage(tables) };
  return snapshotSql(tables, withVisibleState(nothing, visible), wanted);
}

/** @param count of a reading. `state` is undefined where the statement named none. */
export function countAndState(count: string): { readonly count: string; readonly state: string | undefined } {
  const [number = '', state] = count.split(BEFORE_STATE);
  return { count: number, state };
}

/** The same for one token, whose id is the first value: every change of it gets a place of its own. */
export function withTokenState(
  parts: SnapshotParts,
  { tables, schemaVersion }: Omit<Visible, 'customers'>,
): SnapshotParts {
  if (schemaVersion < CHANGES_SINCE) return parts;
  const place = `(select concat_ws('-', u.position, u.turn) from ${tables.tokenUpdated} u where u.id = $1)`;
  return withState(parts, `concat_ws('-', g.number, g.lineage, ${place})`, 'tagged');
}

function withState(parts: SnapshotParts, state: string, name: string): SnapshotParts {
  const named = parts.name === undefined ? {} : { name: `${parts.name}_${name}` };
  return { ...parts, ...named, count: `concat(${parts.count}, '${BEFORE_STATE}', ${state})` };
}

/**
 * A change by the next events of the stream gives a row of these customers a higher position than all rows have. Any other change, for
 * instance a repair of the counts, takes a turn. Until all members of a deleted group have changed, lists by group show events that no row
 * tells of yet, so every event counts. Where nothing of this tells one state from another, generation and lineage do.
 */
function stateSql(newest: string): string {
  return `concat_ws('-', ${GENERATION_STATE}, coalesce(${newest}, 0))`;
}

export function newestOfAll({ tokenUpdated, tokenGone }: GenerationTables): string {
  return `greatest((select max(u.position) from ${tokenUpdated} u), (select max(gone.position) from ${tokenGone} gone where gone.customer_id = ${ALL_CUSTOMERS}))`;
}

function newestOf(tables: GenerationTables, given: string): string {
  return `(select max(${newestOfOne(tables)}) from unnest(${given}::bigint[]) given (customer_id))`;
}

/** Of the customer `given.customer_id`. */
export function newestOfOne({ tokenUpdated, tokenGone }: GenerationTables): string {
  return `greatest(
  (select max(u.position) from ${tokenUpdated} u where u.customer_id = given.customer_id),
  (select max(gone.position) from ${tokenGone} gone where gone.customer_id = given.customer_id)
)`;
}

/**
 * To look up each of a thousand customers takes longer than to read their page. Mostly one of them is among the last changes of all.
 * Everything that was not looked at is older than the last change of both tables that was.
 */
function newestOfMany(tables: GenerationTables, given: string): string {
  return `(select case when recent.newest >= recent.since then recent.newest else ${newestOf(tables, given)} end from recent)`;
}

function recentSql({ tokenUpdated, tokenGone }: GenerationTables, given: string): string[] {
  const isTheirs = `(r.customer_id in (select unnest(${given}::bigint[]))) is true`;
  const newest = (recent: string) => `(select max(r.position) from ${recent} r where ${isTheirs})`;
  const since = (recent: string) =>
    `(select case when count(*) < ${RECENT} then 0 else min(r.position) end from ${recent} r)`;
  return [
    `recent_updated as materialized (
  select u.customer_id, u.position from ${tokenUpdated} u order by u.position desc, u.turn desc, u.id desc limit ${RECENT})`,
    `recent_gone as materialized (
  select gone.customer_id, gone.position from ${tokenGone} gone order by gone.position desc limit ${RECENT})`,
    `recent as materialized (select greatest(${newest('recent_updated')}, ${newest('recent_gone')}) as newest,
  greatest(${since('recent_updated')}, ${since('recent_gone')}) as since)`,
  ];
}
