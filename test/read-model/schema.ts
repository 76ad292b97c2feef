import type { TestDatabase } from '../support/database.js';

/** Tables, columns, constraints and indexes as the catalog has them, in the form of a file a reviewer can read. */
export async function describeSchema(database: TestDatabase): Promise<string> {
  const tables = await database.query<{
    name: string;
    columns: string;
    constraints: string | null;
    indexes: string | null;
    options: string | null;
  }>(`
    select c.relname as name,
      array_to_string(c.reloptions, ', ') as options,
      (select string_agg(format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then ' not null' else '' end,
          case when a.attidentity <> '' then ' generated always as identity' else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end), e',\\n' order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select string_agg(format('  constraint %I %s', conname, pg_get_constraintdef(o.oid)), e',\\n' order by conname)
        from pg_constraint o where o.conrelid = c.oid and o.contype in ('p', 'u', 'c', 'f')) as constraints,
      (select string_agg(pg_get_indexdef(i.indexrelid) || ';', e'\\n' order by i.indexrelid::regclass::text)
        from pg_index i where i.indrelid = c.oid and not exists (select 1 from pg_constraint o where o.conindid = i.indexrelid)) as indexes
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`);
  const parts = tables.map(({ name, columns, constraints, indexes, options }) => {
    const body = [columns, constraints].filter(Boolean).join(',\n');
    return `create table ${name} (\n${body}\n)${options ? ` with (${options})` : ''};\n${indexes ? `${indexes}\n` : ''}`;
  });
  return `-- The schema a fresh database has after the migrations. Generated: npm run generate.\n\n${parts.join('\n')}`;
}
