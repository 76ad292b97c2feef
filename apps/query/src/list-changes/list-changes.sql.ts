import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { CHANGES, snapshotSql, type ReadStatement, type WantedDocuments } from '../reading/snapshot.sql.js';
import type { ChangeKey, ReadSoFar } from './change-cursors.js';

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
  const page = `select concat(change.turn, '{"position":', change.position, ',"id":', change.id, ',"change":"', change.kind, '","token":',
  coalesce(t.document, 'null'), '}') as document
from (
  select * from (
${customers ? ofCustomers(tables) : ofAll(tables)}
  ) rows order by ${ORDER} limit $4
) change left join ${tables.token} t on t.id = change.id and change.kind = 'changed'
order by ${orderOf('change')}`;
  const parts = {
    name: `changes_${customers ? 'some' : 'all'}_${tables.token}`,
    needs: CHANGES,
    values: customers ? [...values, customers] : values,
    shared: customers ? [theirTokens(tables), way(tables), theirChanges(tables), UNTIL] : [],
    count: `concat(g.lineage, '/', g.position, '/', g.turns)`,
    page,
  };
  return { ...snapshotSql(tables, parts, wanted), firstQueue: 'changes' };
}

/** Every change after a moment comes behind all places of that moment. */
function placeBehind({ key, at, hadAll }: ReadSoFar): ChangeKey {
  return at && hadAll ? { position: String(at.position), turn: String(at.turns), id: LARGEST } : key;
}

function ofAll(tables: GenerationTables): string {
  const changed = `select u.position, u.turn, u.id, 'changed' as kind from ${tables.tokenUpdated} u where ${behind('u')}`;
  const gone = `select g.position, g.turn, g.id, 'erased' as kind from ${tables.tokenGone} g
  where g.customer_id = ${ALL_CUSTOMERS} and not exists (select 1 from ${tables.token} t where t.id = g.id) and ${behind('g')}`;
  return both(firstOf(changed, 'u'), firstOf(gone, 'g'));
}

/** Marks are few. No more of them are read than come before the last change of the page. */
function ofCustomers(tables: GenerationTables): string {
  const gone = `${goneOfSeveral(tables)} and ${keyOf('g')} <= ((select position from until), (select turn from until), (select id from until))`;
  return both(
    `select ${ORDER}, 'changed' as kind from mine`,
    `select theirs.* from unnest($5::bigint[]) given (customer_id) cross join lateral (
  ${firstOf(gone, 'g')}
  ) theirs order by ${ORDER} limit $4`,
  );
}

function theirTokens({ tokenCount }: GenerationTables): string {
  return `theirs as materialized (
  select coalesce(sum(place.tokens), 0)::bigint as tokens from ${tokenCount} place where place.customer_id in (select unnest($5::bigint[])))`;
}

/**
 * Whether to read all tokens of the customers and sort them, or all changes in their order until the page is full. There is no index of
 * each customer's changes, because it would cost every event something: so the shorter way is taken. The changes to be read are those
 * behind the place at most, and as many as it probably takes to find the page.
 */
function way({ tokenCount, tokenUpdated }: GenerationTables): string {
  const all = `(select sum(place.tokens) from ${tokenCount} place where place.customer_id = ${ALL_CUSTOMERS})`;
  const changed = `(select count(*) from (
    select from ${tokenUpdated} t where ${behind('t')} order by ${orderOf('t')} limit (select tokens + 1 from theirs)) changed)`;
  return `way as materialized (
  select case when theirs.tokens::float8 * theirs.tokens <= $4::float8 * ${all} then theirs.tokens < ${changed} else false end as is_sorted
  from theirs)`;
}

/** Each way is closed in a subquery of its own, so that PostgreSQL reads the index that is meant. */
function theirChanges({ tokenUpdated }: GenerationTables): string {
  const ofEach = `select u.* from unnest($5::bigint[]) given (customer_id) cross join lateral (
    select t.position, t.turn, t.id from ${tokenUpdated} t where t.customer_id = given.customer_id offset 0) u`;
  const inOrder = `select t.position, t.turn, t.id, t.customer_id from ${tokenUpdated} t where ${behind('t')} order by ${orderOf('t')} limit ${LARGEST}`;
  const sorted = `select ${ORDER} from (${ofEach}) u where (select is_sorted from way) and ${behind('u')}`;
  const walked = `select ${ORDER} from (${inOrder}) u
    where (select not is_sorted from way) and (u.customer_id in (select unnest($5::bigint[]))) is true`;
  return `mine as materialized (
  (${firstOf(sorted, 'u')})
  union all
  (${firstOf(walked, 'u')}))`;
}

/** The last of a full page. */
const UNTIL = `until as materialized (
  select * from (
    (select ${ORDER} from mine order by ${ORDER} offset $4 - 1 limit 1)
    union all select ${LARGEST}, ${LARGEST_TURN}, ${LARGEST}
  ) ends limit 1)`;

/**
 * The tokens that a customer `given` has no more and none of the others has. If several of them had one, the last says so. The list of many
 * customers becomes a hash, which a comparison with an array does not.
 */
function goneOfSeveral({ tokenGone, token }: GenerationTables): string {
  return `select g.position, g.turn, g.id, case when t.id is null then 'erased' else 'left' end as kind
  from ${tokenGone} g left join ${token} t using (id)
  where g.customer_id = given.customer_id and (t.customer_id in (select unnest($5::bigint[]))) is not true
    and not exists (
      select 1 from ${tokenGone} later where later.id = g.id and later.customer_id in (select unnest($5::bigint[]))
        and (later.position, later.turn, later.customer_id) > (g.position, g.turn, g.customer_id)
    ) and ${behind('g')}`;
}

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
