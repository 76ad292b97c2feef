import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { DeadLetter } from './entities/dead-letter.entity.js';
import { FinishedJob } from './entities/finished-job.entity.js';
import { Generation } from './entities/generation.entity.js';
import { GroupSweep } from './entities/group-sweep.entity.js';
import { ProjectorLease } from './entities/projector-lease.entity.js';
import { First1764000000001 } from './migrations/0001-first.js';
import { Jobs1764000000002 } from './migrations/0002-jobs.js';
import { LetterDigest1764000000003 } from './migrations/0003-letter-digest.js';
import { GroupSweeps1764000000004 } from './migrations/0004-group-sweeps.js';
import { Gaps1764000000005 } from './migrations/0005-gaps.js';

/** TypeORM over the tables that every generation shares. Not for the list or the batches: those go through `pg` itself. */
export function createDataSource(databaseUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'token-read-model',
    entities: [Generation, ProjectorLease, DeadLetter, FinishedJob, GroupSweep],
    migrations: [
      First1764000000001,
      Jobs1764000000002,
      LetterDigest1764000000003,
      GroupSweeps1764000000004,
      Gaps1764000000005,
    ],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    installExtensions: false,
    synchronize: false,
  });
}
