import type { ClientBase } from 'pg';
import { isNotMigrated } from '#service-runtime/postgres/postgres-errors.js';
import { First1764000000001 } from './migrations/0001-first.js';
import { Jobs1764000000002 } from './migrations/0002-jobs.js';
import { LetterDigest1764000000003 } from './migrations/0003-letter-digest.js';
import { GroupSweeps1764000000004 } from './migrations/0004-group-sweeps.js';
import { Gaps1764000000005 } from './migrations/0005-gaps.js';
import { Projections1764000000006 } from './migrations/0006-projections.js';
import { Requested1764000000007 } from './migrations/0007-requested.js';
import { OtherReleases1764000000008 } from './migrations/0008-other-releases.js';
import { ReaderKey1764000000009 } from './migrations/0009-reader-key.js';
import { LeadersSchema1764000000010 } from './migrations/0010-leaders-schema.js';
import { Lineage1764000000011 } from './migrations/0011-lineage.js';
import { Database1764000000012 } from './migrations/0012-database.js';
import { SourceDoubts1764000000013 } from './migrations/0013-source-doubts.js';
import { SubjectLimit1764000000014 } from './migrations/0014-subject-limit.js';
import { EventForms1764000000015 } from './migrations/0015-event-forms.js';
import { DeferredAgain1764000000016 } from './migrations/0016-deferred-again.js';

/** All migrations that this release needs, in order. */
export const MIGRATIONS = [
  First1764000000001,
  Jobs1764000000002,
  LetterDigest1764000000003,
  GroupSweeps1764000000004,
  Gaps1764000000005,
  Projections1764000000006,
  Requested1764000000007,
  OtherReleases1764000000008,
  ReaderKey1764000000009,
  LeadersSchema1764000000010,
  Lineage1764000000011,
  Database1764000000012,
  SourceDoubts1764000000013,
  SubjectLimit1764000000014,
  EventForms1764000000015,
  DeferredAgain1764000000016,
];

export const MIGRATION_TABLE = 'migration';

/** The migrations that this release needs and that have not run on the database, by name. */
export async function missingMigrations(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const needed = MIGRATIONS.map(({ name }) => name);
  try {
    const { rows } = await client.query<{ needed: string }>(
      `select needed from unnest($1::text[]) needed where not exists (select 1 from ${MIGRATION_TABLE} m where m.name = needed)`,
      [needed],
    );
    return rows.map((row) => row.needed);
  } catch (error) {
    if (isNotMigrated(error)) return needed;
    throw error;
  }
}
