import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { DeadLetter } from './entities/dead-letter.entity.js';
import { FinishedJob } from './entities/finished-job.entity.js';
import { Generation } from './entities/generation.entity.js';
import { GroupSweep } from './entities/group-sweep.entity.js';
import { ProjectorLease } from './entities/projector-lease.entity.js';
import { MIGRATION_TABLE, MIGRATIONS } from './migrations.js';

/** TypeORM over the tables that every generation shares. Not for the list or the batches: those go through `pg` itself. */
export function createDataSource(databaseUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'token-read-model',
    entities: [Generation, ProjectorLease, DeadLetter, FinishedJob, GroupSweep],
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATION_TABLE,
    migrationsTransactionMode: 'all',
    installExtensions: false,
    synchronize: false,
  });
}
