import type { ClientBase } from 'pg';

/** Free bytes on the volume that takes new tables, or why they are not known. */
export type FreeSpace = { readonly bytes: number } | { readonly why: string };

const KIB = 1024;

/**
 * PostgreSQL has no function for it. So the server runs `df` in the directory of the tablespace, if the role may make it run programs
 * (superusers may, and members of pg_execute_server_program). A projector can work without that right.
 * @param client its own connection: outside a transaction and not used for anything else meanwhile
 */
export async function measureFreeSpace(client: ClientBase): Promise<FreeSpace> {
  const { rows } = await client.query<{ may: boolean; directory: string }>(
    `select pg_has_role(current_user, 'pg_execute_server_program', 'usage') as may,
      coalesce(nullif(pg_tablespace_location(dattablespace), ''), '.') as directory
    from pg_database where datname = current_database()`,
  );
  const { may, directory } = rows[0]!;
  if (!may) return { why: 'the role may not have the server run df' };
  try {
    return { bytes: await runDf(client, directory) };
  } catch (error) {
    return { why: `df on the database server failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function runDf(client: ClientBase, directory: string): Promise<number> {
  await client.query('create temporary table df_output (line text)');
  try {
    // A server process works in its data directory. The path is quoted for the shell, then for SQL.
    const command = `df -Pk '${directory.replaceAll("'", `'\\''`)}'`;
    await client.query(
      `copy df_output from program '${command.replaceAll("'", "''")}' (format csv, delimiter e'\\x01')`,
    );
    const { rows } = await client.query<{ line: string }>('select line from df_output');
    const [, available] = /^\S.*\s\d+\s+\d+\s+(\d+)\s+\d+%\s/.exec(rows.at(-1)?.line ?? '') ?? [];
    if (available === undefined) throw new Error('its output is not understood');
    return Number(available) * KIB;
  } finally {
    await client.query('drop table df_output');
  }
}
