import pg from 'pg';

/** Thrown if statements of one connection reach PostgreSQL through the sessions of other connections. */
export class PoolerInTransactionMode extends Error {
  override readonly name = 'PoolerInTransactionMode';

  constructor() {
    super(
      'a pooler in transaction mode stands before PostgreSQL, and prepared statements, settings and locks of a session do not hold there: connect to PostgreSQL itself, or set pool_mode = session',
    );
  }
}

/** The number of connections to compare with: a pooler may run as several processes, each with its own sessions. */
const OTHERS = 4;
/**
 * How often each of them is checked, in turn with the connection in question: a pooler gives the last released session to the next
 * connection that needs one.
 */
const ROUNDS = 3;
const OTHERS_WITHIN_MS = 2_000;

/** The URLs of poolers that were found to give every connection its own session. */
const inSessionMode = new Set<string>();

/**
 * Makes sure that the connection has its own session of PostgreSQL. A direct connection is recognised by the process id that the server
 * sends at the start; behind a pooler the comparison finds shared sessions.
 * @throws {PoolerInTransactionMode}
 */
export async function requireSession(client: pg.ClientBase, databaseUrl: string): Promise<void> {
  const told = (client as unknown as { readonly processID: number | null }).processID;
  const session = await sessionOf(client);
  if (session === told || inSessionMode.has(databaseUrl)) return;
  const others = await connectOthers(databaseUrl);
  try {
    if (await isShared(client, session, others)) throw new PoolerInTransactionMode();
  } finally {
    await Promise.allSettled(others.map((other) => other.end()));
  }
  if (others.length === OTHERS) inSessionMode.add(databaseUrl);
}

async function isShared(client: pg.ClientBase, session: number, others: readonly pg.Client[]): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const other of others) {
      if ((await sessionOf(other)) === session || (await sessionOf(client)) !== session) return true;
    }
  }
  return false;
}

/** Those connections that get a session: a pooler in session mode may have none left, and reports that only at the first statement. */
async function connectOthers(databaseUrl: string): Promise<pg.Client[]> {
  const timeouts = { connectionTimeoutMillis: OTHERS_WITHIN_MS, query_timeout: OTHERS_WITHIN_MS };
  const settings = { connectionString: databaseUrl, application_name: 'token-read-model', ...timeouts };
  const connecting = Array.from({ length: OTHERS }, async () => {
    const client = new pg.Client(settings);
    client.on('error', () => undefined);
    try {
      await client.connect();
      await sessionOf(client);
      return client;
    } catch {
      await client.end().catch(() => undefined);
      return undefined;
    }
  });
  return (await Promise.all(connecting)).filter((client) => client !== undefined);
}

/**
 * The process id of the server process that answers. It comes before our settings, which a pooler might give to others, so it names its
 * isolation level: a replica refuses any statement where the default is serializable.
 */
async function sessionOf(client: pg.ClientBase): Promise<number> {
  const text = 'begin isolation level read committed; select pg_backend_pid() as pid; commit';
  // The driver gives one result for each statement, and its types know one only.
  const [, session] = (await client.query(text)) as unknown as [unknown, pg.QueryResult<{ pid: number }>];
  return session.rows[0]!.pid;
}
