import pg from 'pg';

/** Thrown where statements of one connection reach PostgreSQL through the sessions of others. */
export class PoolerInTransactionMode extends Error {
  override readonly name = 'PoolerInTransactionMode';

  constructor() {
    super(
      'a pooler in transaction mode stands before PostgreSQL, and prepared statements, settings and locks of a session do not hold there: connect to PostgreSQL itself, or set pool_mode = session',
    );
  }
}

/** Connections to compare with: a pooler may run as several processes, each with sessions of its own. */
const OTHERS = 4;
/** Looks at each, in turn with the connection in question: a pooler gives the session that was let go last to the next connection that needs one. */
const ROUNDS = 3;
const OTHERS_WITHIN_MS = 2_000;

/** Poolers that were found to give every connection a session of its own, by their URL. */
const inSessionMode = new Set<string>();

/**
 * Makes sure that the connection has a session of PostgreSQL for itself. A direct one is known by the process id that the server tells
 * at the start; behind a pooler, sessions that are shared show.
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

/** The same, before something that makes its own connections. @throws {PoolerInTransactionMode} */
export async function requireSessions(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'token-read-model' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await requireSession(client, databaseUrl);
  } finally {
    await client.end();
  }
}

async function isShared(client: pg.ClientBase, session: number, others: readonly pg.Client[]): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const other of others) {
      if ((await sessionOf(other)) === session || (await sessionOf(client)) !== session) return true;
    }
  }
  return false;
}

/** Those that get a session: a pooler in session mode may have none left to give, and says so only to the first statement. */
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

/** The server process that answers. */
async function sessionOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
}
