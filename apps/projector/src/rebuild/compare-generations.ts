import type { ClientBase } from 'pg';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import type { Difference } from '#read-model/job.js';
import { untoldSql, type TableName } from './untold.js';

/** Tables whose rows belong to a customer: compared by a checksum per customer first, row by row where one differs. */
const BY_CUSTOMER = ['token', 'tokenUpdated', 'tokenCount'] as const;
/** The others: by one checksum for the whole table first. */
const WHOLE = ['tokenSearch', 'tokenMembership', 'tokenGroupDeletion', 'tokenErasure'] as const;

/** The columns of every table's primary key. */
export const KEYS: Readonly<Record<TableName, readonly string[]>> = {
  token: ['id'],
  tokenUpdated: ['id'],
  tokenSearch: ['id'],
  tokenCount: ['customer_id', 'facet'],
  tokenMembership: ['token_id', 'token_group_id'],
  tokenGroupDeletion: ['token_group_id'],
  tokenErasure: ['id'],
};

/**
 * What says the same in the tables of every schema: which events have had their effect. Documents, sort keys and counts are what
 * a change of the schema changes.
 */
const CORE: Readonly<Partial<Record<TableName, string>>> = {
  token: 'version::text',
  tokenMembership: 'concat(version, is_member)',
  tokenGroupDeletion: 'version::text',
  tokenErasure: 'version::text',
};

/**
 * Rows that say the same as no row: a count of zero tokens, and an erasure below the version of a token that came back, which a
 * compacted stream has forgotten.
 */
function saysSomething(name: TableName, { token }: GenerationTables): string {
  if (name === 'tokenCount') return 'tokens <> 0';
  if (name !== 'tokenErasure') return 'true';
  return `not exists (select 1 from ${token} back where back.id = t.id and back.version > t.version)`;
}

/** One table in both generations. */
interface Pair {
  readonly name: TableName;
  /** The row as one text. */
  readonly row: string;
  /** Whether a row `a` is told of by no event that `b` was folded from. */
  readonly untold: string;
  readonly a: { readonly table: string; readonly where: string };
  readonly b: { readonly table: string; readonly where: string };
}

/**
 * Compares two generations inside one snapshot. Memory stays bounded: rows stay in the database, differences come one by one.
 * @param client in a repeatable-read transaction that sees both at the same position
 * @param isOtherSchema whether only what means the same in every schema can be compared
 * @param found told of every difference
 */
export async function compareGenerations(
  client: ClientBase,
  live: number,
  other: number,
  isOtherSchema: boolean,
  found: (difference: Difference) => void,
): Promise<void> {
  const [a, b] = [generationTables(live), generationTables(other)];
  for (const name of [...BY_CUSTOMER, ...WHOLE]) {
    const row = isOtherSchema ? CORE[name] : 't::text';
    if (row === undefined) continue;
    const side = (tables: GenerationTables) => ({ table: tables[name], where: saysSomething(name, tables) });
    const pair: Pair = { name, row, untold: untoldSql(name, 'a', a, b), a: side(a), b: side(b) };
    if ((BY_CUSTOMER as readonly string[]).includes(name)) {
      for (const customers of await differingCustomers(client, pair)) await compareRows(client, pair, customers, found);
    } else if (await isDifferent(client, pair)) {
      await compareRows(client, pair, null, found);
    }
  }
}

const CUSTOMERS_AT_A_TIME = 1_000;

async function differingCustomers(client: ClientBase, { row, a, b }: Pair): Promise<string[][]> {
  const sums = ({ table, where }: Pair['a']) =>
    `(select customer_id, count(*) as rows, sum(hashtextextended(${row}, 0)) as checksum from ${table} t where ${where} group by customer_id)`;
  const { rows } = await client.query<{ customer_id: string }>(
    `select customer_id from ${sums(a)} a full join ${sums(b)} b using (customer_id)
    where (a.rows, a.checksum) is distinct from (b.rows, b.checksum) order by 1`,
  );
  const chunks: string[][] = [];
  for (let i = 0; i < rows.length; i += CUSTOMERS_AT_A_TIME) {
    chunks.push(rows.slice(i, i + CUSTOMERS_AT_A_TIME).map(({ customer_id }) => customer_id));
  }
  return chunks;
}

async function isDifferent(client: ClientBase, { row, a, b }: Pair): Promise<boolean> {
  const sum = ({ table, where }: Pair['a']) =>
    `(select (count(*), sum(hashtextextended(${row}, 0)))::text from ${table} t where ${where})`;
  const { rows } = await client.query<{ differs: boolean }>(`select ${sum(a)} is distinct from ${sum(b)} as differs`);
  return rows[0]!.differs;
}

interface Row {
  readonly key: string;
  readonly kind: Difference['kind'];
  readonly untold: boolean;
}

async function compareRows(
  client: ClientBase,
  { name, row, untold, a, b }: Pair,
  customers: readonly string[] | null,
  found: (difference: Difference) => void,
): Promise<void> {
  const keys = KEYS[name].join(', ');
  const columns = untold === 'false' ? keys : `${keys}, version`;
  const side = ({ table, where }: Pair['a']) =>
    `select ${columns}, ${row} as row from ${table} t where ${where}${customers ? ' and customer_id = any($1::bigint[])' : ''}`;
  const cursor = `declare differences no scroll cursor for
    select concat_ws('/', ${keys}) as key, case when a.row is null then 'missing' when b.row is null then 'extra' else 'different' end as kind,
      (${untold}) is true as untold
    from (${side(a)}) a full join (${side(b)}) b using (${keys}) where a.row is distinct from b.row`;
  await client.query(cursor, customers ? [customers] : []);
  for (;;) {
    const { rows } = await client.query<Row>('fetch 1000 from differences');
    if (rows.length === 0) break;
    for (const { key, kind, untold: isUntold } of rows)
      found({ table: name, key, kind, ...(isUntold ? { isUntold } : {}) });
  }
  await client.query('close differences');
}
