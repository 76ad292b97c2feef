import type { GenerationTables } from '#read-model/generation-tables.js';
import { MOVE_POSITION } from '../../apps/projector/src/consume/position.js';
import { PARK } from '../../apps/projector/src/dead-letters/park.js';
import { RENEW_LEASE } from '../../apps/projector/src/lead/lease.js';
import * as load from '../../apps/projector/src/project/load-current.sql.js';
import * as save from '../../apps/projector/src/project/save-changes.sql.js';
import {
  END_SWEEPS,
  MOVE_SWEEP,
  nextMembersSql,
  RECORD_SWEEPS,
} from '../../apps/projector/src/project/group-sweeps.sql.js';
import type { WriteStatement } from '../../apps/projector/src/project/write-statement.js';

/**
 * Everything that one batch may ask of PostgreSQL, in the order of its transaction. apps/projector/src/project/batch.generated.sql
 * shows it to readers.
 */
export function batchStatements(tables: GenerationTables): WriteStatement[] {
  const { token, tokenUpdated, tokenSearch } = tables;
  return [
    RENEW_LEASE,
    ...[load.loadMembersSql, load.loadTokensSql, load.loadWholeTokensSql].map((sql) => sql(tables)),
    ...[load.loadErasuresSql, load.loadPairsSql, load.countPairsSql, load.loadDeletionsSql].map((sql) => sql(tables)),
    ...[save.saveTokensSql, save.saveUpdatedSql, save.saveSearchSql].map((sql) => sql(tables)),
    ...[token, tokenUpdated, tokenSearch].map((table) => save.removeSql(tables, table)),
    save.saveErasuresSql(tables),
    save.saveMembershipsSql(tables),
    save.saveDeletionsSql(tables),
    save.saveCountsSql(tables),
    RECORD_SWEEPS,
    PARK,
    MOVE_POSITION,
  ];
}

/** What is asked between two batches while members of a deleted group are still to be changed; the rest of it is as in a batch. */
export function sweepStatements(tables: GenerationTables): WriteStatement[] {
  return [nextMembersSql(tables), MOVE_SWEEP, END_SWEEPS];
}
