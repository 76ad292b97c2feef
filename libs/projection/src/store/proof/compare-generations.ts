import type { ClientBase } from 'pg';
import type { Difference } from '../../job.js';
import type { Projection } from '../../projection.js';
import { comparedSql, tableName, type TableTemplate } from '../../table-template.js';

/** The same table in both generations. */
interface Pair {
  readonly template: TableTemplate;
  /** SQL: the row as one text. */
  readonly row: string;
  /** SQL: whether no event that `b` was folded from mentions the row `a`. */
  readonly untold: string;
  readonly a: Side;
  readonly b: Side;
}

interface Side {
  readonly table: string;
  readonly where: string;
}

/**
 * Compares two generations in one snapshot. Memory is limited: rows stay in the database, differences come one by one.
 * @param client in a repeatable-read transaction that sees both at the same position
 * @param isOtherSchema whether to compare only columns that mean the same in every schema
 * @param found called for every difference
 */
export async function compareGenerations(
  client: ClientBase,
  projection: Pick<Projection, 'tables'>,
  { live, other, isOtherSchema }: { readonly live: number; readonly other: number; readonly isOtherSchema: boolean },
  found: (difference: Difference) => void,
): Promise<void> {
  for (const template of projection.tables) {
    const row = isOtherSchema ? template.core : comparedSql(template);
    if (row === undefined || 'isOfThePast' in template) continue;
    const side = (generation: number): Side => ({
      table: tableName(template, generation),
      where: template.counts?.(generation) ?? 'true',
    });
    const untold = template.untold?.('a', live, other) ?? 'false';
    const pair: Pair = { template, row, untold, a: side(live), b: side(other) };
    if (template.groupedBy !== undefined) {
      for (const groups of await differingGroups(client, pair, template.groupedBy))
        await compareRows(client, pair, groups, found);
    } else if (await isDifferent(client, pair)) {
      await compareRows(client, pair, null, found);
    }
  }
}

const GROUPS_AT_A_TIME = 1_000;

async function differingGroups(client: ClientBase, { row, a, b }: Pair, group: string): Promise<string[][]> {
  const sums = ({ table, where }: Side) =>
    `(select ${group} as id, count(*) as rows, sum(hashtextextended(${row}, 0)) as checksum from ${table} t where ${where} group by ${group})`;
  const { rows } = await client.query<{ id: string }>(
    `select id from ${sums(a)} a full join ${sums(b)} b using (id)
    where (a.rows, a.checksum) is distinct from (b.rows, b.checksum) order by 1`,
  );
  const chunks: string[][] = [];
  for (let i = 0; i < rows.length; i += GROUPS_AT_A_TIME)
    chunks.push(rows.slice(i, i + GROUPS_AT_A_TIME).map(({ id }) => id));
  return chunks;
}

async function isDifferent(client: ClientBase, { row, a, b }: Pair): Promise<boolean> {
  const sum = ({ table, where }: Side) =>
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
  { template, row, untold, a, b }: Pair,
  groups: readonly string[] | null,
  found: (difference: Difference) => void,
): Promise<void> {
  const keys = template.key.join(', ');
  const columns = untold === 'false' ? keys : `${keys}, version`;
  const inGroups = groups ? ` and ${template.groupedBy} = any($1)` : '';
  const side = ({ table, where }: Side) => `select ${columns}, ${row} as row from ${table} t where ${where}${inGroups}`;
  const cursor = `declare differences no scroll cursor for
    select concat_ws('/', ${keys}) as key, case when a.row is null then 'missing' when b.row is null then 'extra' else 'different' end as kind,
      (${untold}) is true as untold
    from (${side(a)}) a full join (${side(b)}) b using (${keys}) where a.row is distinct from b.row`;
  await client.query(cursor, groups ? [groups] : []);
  for (;;) {
    const { rows } = await client.query<Row>('fetch 1000 from differences');
    if (rows.length === 0) break;
    for (const { key, kind, untold: isUntold } of rows)
      found({ table: template.name, key, kind, ...(isUntold ? { isUntold } : {}) });
  }
  await client.query('close differences');
}
