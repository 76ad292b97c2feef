import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { atEnd } from './at-end.js';
import { createFromTemplate, dropDatabase, migrate } from './databases.js';
import { eventually } from './eventually.js';
import { suiteEnvironment } from './suite-environment.js';
import { withClient } from './with-client.js';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** The setting that makes an app use it. */
  readonly env: { readonly DATABASE_URL: string };
  /** Uses a new connection each time, so that a restart of the server does no harm. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Called automatically at the end of the file. @throws if a connection is still open; the database is dropped anyway */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database for this test file only. A connection that is still open at the end fails the file.
 * @param server a server that the test itself started; left out: that of the suite
 * @param migrated brings the schema into an empty database; left out: the schema of the tokens
 */
export async function createDatabase(
  server?: { readonly url: string },
  migrated?: (url: string) => Promise<unknown>,
): Promise<TestDatabase> {
  const { databaseServer, databaseTemplate } = suiteEnvironment();
  const name = `${databaseTemplate}_${randomBytes(4).toString('hex')}`;
  const serverUrl = server?.url ?? databaseServer;
  const url = await createFromTemplate(serverUrl, name, server || migrated ? undefined : databaseTemplate);
  let dropped: Promise<void> | undefined;
  const drop = () => (dropped ??= dropUnused(serverUrl, name));
  // If the test's own server has ended, its database is gone, too.
  if (!server) atEnd(`dropping the database ${name}`, drop);
  if (server || migrated) await (migrated ?? migrate)(url);
  const query = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    withClient(url, async (client) => (await client.query<Row>(text, values)).rows);
  return { name, url, env: { DATABASE_URL: url }, query, drop };
}

async function dropUnused(server: string, name: string): Promise<void> {
  try {
    // PostgreSQL lists a closed connection until its backend has noticed the close.
    await eventually('every connection to be closed', () => nobodyIsConnected(server, name), { within: 2_000 });
  } finally {
    await dropDatabase(server, name);
  }
}

async function nobodyIsConnected(server: string, name: string): Promise<true> {
  const { rows } = await withClient(server, (client) =>
    client.query<{ connection: string }>(
      `select application_name || ' (' || state || '): ' || left(query, 200) as connection
      from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    ),
  );
  const open = rows.map(({ connection }) => connection).join('\n');
  if (open !== '') throw new Error(`still connected:\n${open}`);
  return true;
}
