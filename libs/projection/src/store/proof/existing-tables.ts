import type { ClientBase } from 'pg';
import { tableName, type TableTemplate } from '../../table-template.js';

/** Without tables that the live generation lacks, because it is of another release. */
export async function existingTables(
  client: ClientBase,
  tables: readonly TableTemplate[],
  live: number,
): Promise<readonly TableTemplate[]> {
  const names = tables.map((template) => tableName(template, live));
  const { rows } = await client.query<{ exists: boolean }>(
    'select to_regclass(name) is not null as exists from unnest($1::text[]) with ordinality given (name, place) order by place',
    [names],
  );
  return tables.filter((_, i) => rows[i]!.exists);
}
