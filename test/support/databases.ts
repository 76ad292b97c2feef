import { runTokenctl } from './run-tokenctl.js';
import { withClient } from './with-client.js';

/** @param template the database to clone; left out: an empty one. @returns the URL of the new database */
export async function createFromTemplate(server: string, name: string, template = 'template1'): Promise<string> {
  await withClient(server, (client) => client.query(`create database "${name}" template "${template}"`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Ends all connections to it. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await withClient(server, (client) => client.query(`drop database if exists "${name}" with (force)`));
}

export async function dropDatabasesOf(server: string, prefix: string): Promise<void> {
  const names = await withClient(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database where datname ^@ $1', [
      prefix,
    ]);
    return rows.map(({ datname }) => datname);
  });
  for (const name of names) await dropDatabase(server, name);
}

export async function migrate(databaseUrl: string): Promise<void> {
  const { exit, output } = await runTokenctl(['migrate'], { DATABASE_URL: databaseUrl });
  if (exit.code !== 0) throw new Error(`The migrations failed:\n${output}`);
}
