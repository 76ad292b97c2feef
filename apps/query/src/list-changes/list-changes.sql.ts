import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { CHANGES, snapshotSql, type ReadStatement, type WantedDocuments } from '../reading/snapshot.sql.js';
import { MANY_CUSTOMERS } from '../list-tokens/list-scope.js';
import type { ChangeKey, ReadSoFar } from './change-cursors.js';

/** So many times the length at which reading everybody's changes and sorting those of the customers cost the same. */
const WALKED = 2;
const LARGEST = '9223372036854775807';
const LARGEST_TURN = '2147483647';

const ORDER = 'position, turn, id';
const keyOf = (row: string) => `(${row}.position, ${row}.turn, ${row}.id)`;
const orderOf = (row: string) => `${row}.position, ${row}.turn, ${row}.id`;

/**
 * The changes behind a place, in their order. A change is a row of a token as it is now, or a mark that a customer has it no more. A
 * customer who has the token sees no mark, whichever of the customers had it before.
 * @param customers null: all customers
 */
export function listChangesSql(
  tables: GenerationTables,
  customers: readonly number[] | null,
  { soFar, limit }: { readonly soFar: ReadSoFar; readonly limit: number },
  wanted: WantedDocuments,
): ReadStatement {
  const { position, turn, id } = placeBehind(soFar);
  const values = [position, turn, id, limit];
  const isOfMany = customers !== null && customers.length > MANY_CUSTOMERS;
  const page = `select concat(change.turn, '{"position":', change.position, ',"id":', change.id, ',"change":"', change.kind, '","token":',
  coalesce(t.document, 'null'), '}') as document
from (
  select * from (
${customers ? ofCustomers(tables, isOfMany) : ofAll(tables)}
  ) rows order by ${ORDER} limit $4
) change left join ${tables.token} t on t.id = change.id and change.kind = 'changed'
order by ${orderOf('change')}`;
  const parts = {
    name: `changes_${isOfMany ? 'many' : customers ? 'some' : 'all'}_${tables.token}`,
    needs: CHANGES,
    values: customers ? [...values, customers] : values,
    shared: customers ? [theirTokens(tables), ...ways(tables), theirChanges(tables), UNTIL] : [],
    count: `concat(g.lineage, '/', g.position, '/', g.turns)`,
    page,
  };
  return { ...snapshotSql(tables, parts, wanted), firstQueue: 'changes' };
}

/** Every change after a moment comes behind all places of that moment. A reader never goes back. */
function placeBehind({ key, at, hadAll }: ReadSoFar): ChangeKey {
  const [position, turn] = [Number(key.position), Number(key.turn)];
  const isLater = at && (at.position > position || (at.position === position && at.turns >= turn));
  return isLater && hadAll ? { position: String(at.position), turn: String(at.turns), id: LARGEST } : key;
}

function ofAll(tables: GenerationTables): string {
  const changed = `select u.position, u.turn, u.id, 'changed' as kind from ${tables.tokenUpdated} u where ${behind('u')}`;
  const gone = `select g.position, g.turn, g.id, 'erased' as kind from ${tables.tokenGone} g
  where g.customer_id = ${ALL_CUSTOMERS} and not exists (select 1 from ${tables.token} t where t.id = g.id) and ${behind('g')}`;
  return both(firstOf(changed, 'u'), firstOf(gone, 'g'));
}

/** No more marks are read than come before the last change of the page. Those of many customers are read in the order of all marks. */
function ofCustomers({ tokenGone, token }: GenerationTables, isOfMany: boolean): string {
  const until = (row: string) =>
    `${keyOf(row)} <= ((select position from until), (select turn from until), (select id from until))`;
  const read = (condition: string) =>
    `select g.position, g.turn, g.id, g.customer_id from ${tokenGone} g where ${condition} and ${until('g')} order by ${orderOf('g')} limit ${LARGEST}`;
  const marks = (from: string, condition: string) =>
    firstOf(
      `select g.position, g.turn, g.id, case when t.id is null then 'erased' else 'left' end as kind
  from (${from}) g left join lateral (select t.id, t.customer_id from ${token} t where t.id = g.id offset 0) t on true
  where ${condition} and (t.customer_id in (select unnest($5::bigint[]))) is not true and ${isLast(tokenGone)}`,
      'g',
    );
  const gone = isOfMany
    ? marks(read(behind('g')), '(g.customer_id in (select unnest($5::bigint[]))) is true')
    : `select theirs.* from unnest($5::bigint[]) given (customer_id) cross join lateral (
  ${marks(read(`g.customer_id = given.customer_id and ${behind('g')}`), 'true')}
  ) theirs order by ${ORDER} limit $4`;
  return both(`select ${ORDER}, 'changed' as kind from mine`, gone);
}

/**
 * A condition: no other customer of the caller has a later mark of the token. If several of them had it, the last says so. The list of many
 * customers becomes a hash, which a comparison with an array does not.
 */
function isLast(tokenGone: string): string {
  return `not exists (
      select 1 from ${tokenGone} later where later.id = g.id and later.customer_id in (select unnest($5::bigint[]))
        and (later.position, later.turn, later.customer_id) > (g.position, g.turn, g.customer_id)
    )`;
}

function theirTokens({ tokenCount }: GenerationTables): string {
  const theirs = `(select coalesce(sum(place.tokens), 0) from ${tokenCount} place where place.customer_id in (select unnest($5::bigint[])))`;
  const all = `(select coalesce(sum(place.tokens), 0) from ${tokenCount} place where place.customer_id = ${ALL_CUSTOMERS})`;
  return `tokens as materialized (select ${theirs}::bigint as theirs, ${all}::bigint as of_all)`;
}

/**
 * There is no index of each customer's changes, because it would cost every event something. So the statement reads everybody's changes in
 * their order, and if it has not found the page after some of them, all tokens of the customers, and sorts these. With few tokens that is
 * soon; with many, the page is probably found before, unless they lie far behind others. Then the rest of everybody's changes may be fewer
 * than the tokens of the customers.
 */
function ways({ tokenUpdated }: GenerationTables): string[] {
  const most = `select case when theirs::float8 * theirs <= $4::float8 * of_all then theirs else ${WALKED} * ceil(sqrt($4::float8 * of_all)) end as rows from tokens`;
  const isBeyond = `exists (select from ${tokenUpdated} t where ${behind('t')} order by ${orderOf('t')} offset (select rows from most) limit 1)`;
  return [
    `most as materialized (${most})`,
    `tried as materialized (${walkedSql(tokenUpdated, '(select rows from most)')})`,
    `way as materialized (
  select not is_done and theirs * 2 <= of_all as is_sorted, not is_done and theirs * 2 > of_all as is_walked
  from tokens, (select (select count(*) = $4 from tried) or not ${isBeyond} as is_done offset 0) done)`,
  ];
}

/** Each way is closed in a subquery of its own, so that PostgreSQL reads the index that is meant. */
function theirChanges({ tokenUpdated }: GenerationTables): string {
  const ofEach = `select u.* from unnest($5::bigint[]) given (customer_id) cross join lateral (
    select t.position, t.turn, t.id from ${tokenUpdated} t where t.customer_id = given.customer_id offset 0) u`;
  const sorted = `select ${ORDER} from (${ofEach}) u where (select is_sorted from way) and ${behind('u')}`;
  return `mine as materialized (
  select * from tried where (select not is_sorted and not is_walked from way)
  union all
  (${firstOf(sorted, 'u')})
  union all
  (${walkedSql(tokenUpdated, LARGEST, '(select is_walked from way)')}))`;
}

/** @param rows how many of everybody's changes are read at most @param gates subqueries that say whether to read any */
function walkedSql(table: string, rows: string, ...gates: string[]): string {
  const inOrder = `select t.position, t.turn, t.id, t.customer_id from ${table} t where ${behind('t')} order by ${orderOf('t')} limit ${rows}`;
  const where = [...gates, '(u.customer_id in (select unnest($5::bigint[]))) is true'].join(' and ');
  return firstOf(`select ${ORDER} from (${inOrder}) u where ${where}`, 'u');
}

/** The last of a full page. */
const UNTIL = `until as materialized (
  select * from (
    (select ${ORDER} from mine order by ${ORDER} offset $4 - 1 limit 1)
    union all select ${LARGEST}, ${LARGEST_TURN}, ${LARGEST}
  ) ends limit 1)`;

function behind(row: string): string {
  return `${keyOf(row)} > ($1::bigint, $2::integer, $3::bigint)`;
}

function firstOf(select: string, row: string): string {
  return `${select}\n  order by ${orderOf(row)} limit $4`;
}

function both(one: string, other: string): string {
  return `  (${one})
  union all
  (${other})`;
}
