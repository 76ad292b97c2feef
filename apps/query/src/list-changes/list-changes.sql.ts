import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { MANY_CUSTOMERS } from '../list-tokens/list-scope.js';
import { CHANGES, snapshotSql, type ReadStatement, type WantedDocuments } from '../reading/snapshot.sql.js';
import type { ChangeKey } from './change-cursors.js';

/** How many changes of all customers are looked at for a page of many customers, in pages. */
const WINDOW_PAGES = 4;
const LARGEST = '9223372036854775807';

const ORDER = 'position, turn, id';
const keyOf = (row: string) => `(${row}.position, ${row}.turn, ${row}.id)`;
const oneOf = (select: string) =>
  `((select position from ${select}), (select turn from ${select}), (select id from ${select}))`;

/**
 * The changes behind a place, in their order. A change is a row of a token as it is now, or a mark that a customer has it no more. A
 * customer who has the token sees no mark, whichever of the customers had it before.
 * @param customers null: all customers
 */
export function listChangesSql(
  tables: GenerationTables,
  customers: readonly number[] | null,
  { after, limit }: { readonly after: ChangeKey; readonly limit: number },
  wanted: WantedDocuments,
): ReadStatement {
  const values = [after.position, after.turn, after.id, limit];
  const { name, shared, rows } = changesOf(tables, customers);
  const page = `select concat(change.turn, '{"position":', change.position, ',"id":', change.id, ',"change":"', change.kind, '","token":',
  coalesce(t.document, 'null'), '}') as document
from (
  select * from (
${rows}
  ) rows order by ${ORDER} limit $4
) change left join ${tables.token} t on t.id = change.id and change.kind = 'changed'
order by change.position, change.turn, change.id`;
  const parts = {
    name: `changes_${name}_${tables.token}`,
    needs: CHANGES,
    values: name === 'all' ? values : [...values, name === 'one' ? customers![0] : customers],
    shared,
    count: `concat(g.lineage, '/', g.position, '/', g.turns)`,
    page,
  };
  return { ...snapshotSql(tables, parts, wanted), firstQueue: 'changes' };
}

interface Rows {
  readonly name: 'all' | 'one' | 'few' | 'many';
  readonly shared: readonly string[];
  readonly rows: string;
}

function changesOf(tables: GenerationTables, customers: readonly number[] | null): Rows {
  if (customers === null) return ofAll(tables);
  if (customers.length === 1) return ofOne(tables);
  return customers.length <= MANY_CUSTOMERS ? ofFew(tables) : ofMany(tables);
}

function ofAll(tables: GenerationTables): Rows {
  const gone = `select g.position, g.turn, g.id, 'erased' as kind from ${tables.tokenGone} g
  where g.customer_id = ${ALL_CUSTOMERS} and not exists (select 1 from ${tables.token} t where t.id = g.id) and ${behind('g')}`;
  return { name: 'all', shared: [], rows: both(changed(tables), firstOf(gone, 'g')) };
}

function ofOne(tables: GenerationTables): Rows {
  const gone = `select g.position, g.turn, g.id, ${KIND} as kind from ${tables.tokenGone} g left join ${tables.token} t using (id)
  where g.customer_id = $5::bigint and t.customer_id is distinct from $5 and ${behind('g')}`;
  return { name: 'one', shared: [], rows: both(changed(tables, 'u.customer_id = $5::bigint'), firstOf(gone, 'g')) };
}

function ofFew(tables: GenerationTables): Rows {
  return {
    name: 'few',
    shared: [],
    rows: both(ofEach(changed(tables, IS_THEIRS)), ofEach(firstOf(goneOfSeveral(tables), 'g'))),
  };
}

/**
 * The first page of each of a thousand customers would be a million rows. So it looks at no more than a window of the changes of all
 * customers, which begins with the first change of these.
 */
function ofMany(tables: GenerationTables): Rows {
  const inWindow = (row: string) => `and ${keyOf(row)} <= ${oneOf('until')}`;
  const shared = [
    `first as materialized (${ofEach(changed(tables, IS_THEIRS, '1'), '1')})`,
    `until as materialized (
  select * from (
    (select u.position, u.turn, u.id from ${tables.tokenUpdated} u where ${keyOf('u')} >= ${oneOf('first')}
    order by ${ORDER} offset $4 * ${WINDOW_PAGES} limit 1)
    union all select ${LARGEST}, 2147483647, ${LARGEST}
  ) ends limit 1)`,
  ];
  const gone = `${goneOfSeveral(tables)} ${inWindow('g')}`;
  const rows = both(ofEach(changed(tables, `${IS_THEIRS} ${inWindow('u')}`)), ofEach(firstOf(gone, 'g')));
  return { name: 'many', shared, rows };
}

const IS_THEIRS = 'u.customer_id = given.customer_id';
const KIND = `case when t.id is null then 'erased' else 'left' end`;

/**
 * The tokens that a customer `given` has no more and none of the others has. If several of them had one, the last says so. The list of many
 * customers becomes a hash, which a comparison with an array does not.
 */
function goneOfSeveral({ tokenGone, token }: GenerationTables): string {
  return `select g.position, g.turn, g.id, ${KIND} as kind from ${tokenGone} g left join ${token} t using (id)
  where g.customer_id = given.customer_id and (t.customer_id in (select unnest($5::bigint[]))) is not true
    and not exists (
      select 1 from ${tokenGone} later where later.id = g.id and later.customer_id in (select unnest($5::bigint[]))
        and (later.position, later.turn, later.customer_id) > (g.position, g.turn, g.customer_id)
    ) and ${behind('g')}`;
}

function changed({ tokenUpdated }: GenerationTables, condition = 'true', limit = '$4'): string {
  return firstOf(
    `select u.position, u.turn, u.id, 'changed' as kind from ${tokenUpdated} u where ${condition} and ${behind('u')}`,
    'u',
    limit,
  );
}

function behind(row: string): string {
  return `${keyOf(row)} > ($1::bigint, $2::integer, $3::bigint)`;
}

function firstOf(select: string, row: string, limit = '$4'): string {
  return `${select}\n  order by ${row}.position, ${row}.turn, ${row}.id limit ${limit}`;
}

function ofEach(select: string, limit = '$4'): string {
  return `select theirs.* from unnest($5::bigint[]) given (customer_id) cross join lateral (
  ${select}
  ) theirs order by ${ORDER} limit ${limit}`;
}

function both(one: string, other: string): string {
  return `  (${one})
  union all
  (${other})`;
}
