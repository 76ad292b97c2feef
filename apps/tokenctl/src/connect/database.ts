import { QueryRunnerProviderAlreadyReleasedError, type DataSource } from 'typeorm';
import { createDataSource } from '#projection/store/data-source.js';
import { isDatabaseAway, isReadTimeout, refusedLogin } from '#service-runtime/postgres/pool.js';
import { isNotMigrated } from '#service-runtime/postgres/postgres-errors.js';

const CONNECT_WITHIN_MS = 4_000;
/** One more than a command uses at a time. */
const CONNECTIONS = 2;

/**
 * Connects TypeORM to the read model's database, and closes it afterwards.
 * @param statementTimeoutMs a statement may take so long
 * @throws {Error} that says how to fix it, if the database is away, refuses the login or holds no read model
 */
export async function withDatabase<T>(
  databaseUrl: string,
  use: (dataSource: DataSource) => Promise<T>,
  statementTimeoutMs = 60_000,
): Promise<T> {
  const dataSource = createDataSource(databaseUrl, statementTimeoutMs).setOptions({
    connectTimeoutMS: CONNECT_WITHIN_MS,
    poolSize: CONNECTIONS,
    applicationName: 'tokenctl',
  });
  try {
    await dataSource.initialize();
    return await use(dataSource);
  } catch (error) {
    throw explained(error, databaseUrl, statementTimeoutMs);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
  }
}

function explained(error: unknown, databaseUrl: string, statementTimeoutMs: number): unknown {
  const database = nameOf(databaseUrl);
  if (isNotMigrated(error)) {
    return new Error(`${database} holds no read model of this release yet; run "tokenctl migrate" first`, {
      cause: error,
    });
  }
  const refused = refusedLogin(error);
  if (refused !== undefined) return new Error(`${database} ${refused}`, { cause: error });
  if (isReadTimeout(error)) {
    return new Error(
      `${database} has not answered a statement within ${statementTimeoutMs / 1_000} seconds; is it busy, or has another session locked a table?`,
      { cause: error },
    );
  }
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) {
    return new Error(
      `${database} has ended the connection; it does so when this command stands still for some seconds. Run it again`,
      { cause: error },
    );
  }
  if (!isDatabaseAway(error)) return error;
  const message = `${database} is not reachable (${reasonOf(error)}); is it running, and is DATABASE_URL right?`;
  return new Error(message, { cause: error });
}

/** Names host and database only: the URL holds a password. */
function nameOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return host === '' ? 'the database' : `the database ${pathname.slice(1)} at ${host}`;
}

/** A host with several addresses gives one error for each of them, and the error that holds them has no message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
