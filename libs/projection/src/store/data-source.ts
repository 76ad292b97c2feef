import 'reflect-metadata';
import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import { requireSession } from '#service-runtime/postgres/session.js';
import { TRANSACTION_SETTINGS } from '#service-runtime/postgres/transaction-settings.js';
import { DeadLetter } from './dead-letter.entity.js';
import { MIGRATION_TABLE, MIGRATIONS } from './migrations.js';

/**
 * TypeORM runs the migrations, which alone define the schema, and reads dead letters for operators. Lists and batches use `pg` directly.
 * @param queryTimeoutMs how long it waits for the answer to a statement; left out: without end
 */
export function createDataSource(databaseUrl: string, queryTimeoutMs?: number): DataSource {
  // The pool waits for the returned promise before it hands the connection out.
  const onConnect = (client: ClientBase): unknown =>
    requireSession(client, databaseUrl).then(() => client.query(TRANSACTION_SETTINGS));
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'token-read-model',
    entities: [DeadLetter],
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATION_TABLE,
    migrationsTransactionMode: 'all',
    installExtensions: false,
    synchronize: false,
    extra: { onConnect, query_timeout: queryTimeoutMs },
  });
}
