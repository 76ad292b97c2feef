import type { ClientBase } from 'pg';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import type { Difference } from '#read-model/job.js';

/** Tables whose rows belong to a customer: compared by a checksum per customer first, row by row where one differs. */
const BY_CUSTOMER = ['token', 'tokenUpdated', 'tokenCount'] as const;
/** The others: by one checksum for the whole table first. */
const WHOLE = ['tokenSearch', 'tokenMembership', 'tokenGroupDeletion', 'tokenErasure'] as const;

const KEYS: Readonly<Record<keyof Omit<GenerationTables, 'generation'>, readonly string[]>> = {
  token: ['id'],
  tokenUpdated: ['id'],
  tokenSearch: ['id'],
  tokenCount: ['customer_id', 'facet'],
  tokenMembership: ['token_id', 'token_group_id'],
  tokenGroupDeletion: ['token_group_id'],
  tokenErasure: ['id'],
};

/** A row's key as one text; of the table's alias where there is more than one. */
export function keySql(table: keyof typeof KEYS, alias?: string): string {
  return `concat_ws('/', ${KEYS[table].map((column) => (alias ? `${alias}.${column}` : column)).join(', ')})`;
}

/** A count row of zero tokens says the same as no row. */
const SAYS_SOMETHING: Readonly<Partial<Record<string, string>>> = { tokenCount: 'tokens <> 0' };

/**
 * Compares two generations inside one snapshot. Memory stays bounded: rows stay in the database, differences come one by one.
 * @param client in a repeatable-read transaction that sees both at the same position
 * @param found told of every difference
 */
export async function compareGenerations(
  client: ClientBase,
  live: number,
  other: number,
  found: (difference: Difference) => void,
): Promise<void> {
  const [a, b] = [generationTables(live), generationTables(other)];
  for (const table of BY_CUSTOMER) {
    for (const customers of await differingCustomers(client, table, a[table], b[table])) {
      await compareRows(client, table, a[table], b[table], customers, found);
    }
  }
  for (const table of WHOLE) {
    if (await isDifferent(client, a[table], b[table]))
      await compareRows(client, table, a[table], b[table], null, found);
  }
}

const CUSTOMERS_AT_A_TIME = 1_000;

async function differingCustomers(client: ClientBase, name: string, a: string, b: string): Promise<string[][]> {
  const sums = (table: string) =>
    `(select customer_id, count(*) as rows, sum(hashtextextended(t::text, 0)) as checksum from ${table} t where ${SAYS_SOMETHING[name] ?? 'true'} group by customer_id)`;
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

async function isDifferent(client: ClientBase, a: string, b: string): Promise<boolean> {
  const sum = (table: string) => `(select (count(*), sum(hashtextextended(t::text, 0)))::text from ${table} t)`;
  const { rows } = await client.query<{ differs: boolean }>(`select ${sum(a)} is distinct from ${sum(b)} as differs`);
  return rows[0]!.differs;
}

async function compareRows(
  client: ClientBase,
  name: keyof typeof KEYS,
  a: string,
  b: string,
  customers: readonly string[] | null,
  found: (difference: Difference) => void,
): Promise<void> {
  const keys = KEYS[name];
  const where = `${SAYS_SOMETHING[name] ?? 'true'}${customers ? ' and customer_id = any($1::bigint[])' : ''}`;
  const cursor = `declare differences no scroll cursor for
    select ${keySql(name)} as key, case when a.row is null then 'missing' when b.row is null then 'extra' else 'different' end as kind
    from (select ${keys.join(', ')}, t::text as row from ${a} t where ${where}) a
    full join (select ${keys.join(', ')}, t::text as row from ${b} t where ${where}) b using (${keys.join(', ')})
    where a.row is distinct from b.row`;
  await client.query(cursor, customers ? [customers] : []);
  for (;;) {
    const { rows } = await client.query<{ key: string; kind: Difference['kind'] }>('fetch 1000 from differences');
    if (rows.length === 0) break;
    for (const row of rows) found({ table: name, ...row });
  }
  await client.query('close differences');
}
