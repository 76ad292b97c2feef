import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { DeadLetter } from './dead-letter.entity.js';
import { MIGRATION_TABLE, MIGRATIONS } from './migrations.js';

/**
 * TypeORM runs the migrations, which alone define the schema, and reads dead letters for operators. Lists and batches use `pg` directly.
 */
export function createDataSource(databaseUrl: string): DataSource {
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
  });
}
