import type { ClientBase } from 'pg';
import type { Projection } from '../../projection.js';
import { tableName, type DerivedTable } from '../../table-template.js';

function derivedTables({ tables }: Projection): readonly DerivedTable[] {
  return tables.filter((template): template is DerivedTable => template.derivedFrom !== undefined);
}

/** SQL: keys of derived rows that do not agree with the tables they derive from. */
function wrongKeysSql(template: DerivedTable, generation: number): string {
  const keys = template.key.join(', ');
  const kept = `select * from ${tableName(template, generation)} t where ${template.counts?.(generation) ?? 'true'}`;
  return `select ${keys} from (${template.derivedFrom(generation)}) made full join (${kept}) kept using (${keys})
    where made::text is distinct from kept::text`;
}

/** How many derived rows of a generation do not agree with the tables they derive from. */
export async function wrongDerivedRows(
  client: ClientBase,
  projection: Projection,
  generation: number,
): Promise<number> {
  let wrong = 0;
  for (const template of derivedTables(projection)) {
    const { rows } = await client.query<{ wrong: string }>(
      `select count(*) as wrong from (${wrongKeysSql(template, generation)}) wrong`,
    );
    wrong += Number(rows[0]!.wrong);
  }
  return wrong;
}

/** Makes the derived rows of a generation again from its other rows. */
export async function correctDerivedRows(
  client: ClientBase,
  projection: Projection,
  generation: number,
): Promise<void> {
  for (const template of derivedTables(projection)) {
    const table = tableName(template, generation);
    const keys = template.key.join(', ');
    await client.query(
      `with wrong as materialized (${wrongKeysSql(template, generation)}), gone as (
        delete from ${table} t using wrong where ${template.key.map((key) => `t.${key} = wrong.${key}`).join(' and ')} returning 1
      ) select count(*) from gone`,
    );
    await client.query(
      `insert into ${table} select made.* from (${template.derivedFrom(generation)}) made
      left join ${table} kept using (${keys}) where kept.${template.key[0]!} is null`,
    );
  }
}
