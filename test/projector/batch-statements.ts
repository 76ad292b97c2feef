import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { MOVE_POSITION } from '#projection/store/position.js';
import { PARK } from '#projection/store/dead-letters.js';
import { RENEW_LEASE } from '#projection/store/lease.js';
import * as load from '#token-read-model/load/load-current.sql.js';
import * as save from '#token-read-model/save/save-changes.sql.js';
import { NEXT_TURN } from '#projection/store/change-places.js';
import { END_DEFERRED, MOVE_DEFERRED, RECORD_DEFERRED } from '#projection/store/deferred-work.js';
import { nextMembersSql } from '#token-read-model/sweep/deleted-groups.sql.js';
import type { Statement } from '#projection/store/statement.js';

/**
 * Everything that one batch may ask of PostgreSQL, in the order of its transaction. libs/token-read-model/batch.generated.sql
 * shows it to readers.
 */
export function batchStatements(tables: GenerationTables): Statement[] {
  const { token, tokenUpdated, tokenSearch } = tables;
  return [
    RENEW_LEASE,
    ...[load.loadMembersSql, load.loadTokensSql, load.loadWholeTokensSql].map((sql) => sql(tables)),
    ...[load.loadErasuresSql, load.loadPairsSql, load.countPairsSql, load.loadDeletionsSql].map((sql) => sql(tables)),
    ...[save.saveTokensSql, save.saveUpdatedSql, save.saveSearchSql].map((sql) => sql(tables)),
    ...[token, tokenUpdated, tokenSearch].map((table) => save.removeSql(tables, table)),
    save.saveErasuresSql(tables),
    save.removeGoneSql(tables),
    save.saveGoneSql(tables),
    save.saveMembershipsSql(tables),
    save.saveDeletionsSql(tables),
    save.saveCountsSql(tables),
    RECORD_DEFERRED,
    PARK,
    MOVE_POSITION,
  ];
}

/** What is asked between two batches while members of a deleted group are still to be changed; the rest of it is as in a batch. */
export function sweepStatements(tables: GenerationTables): Statement[] {
  return [NEXT_TURN, nextMembersSql(tables), MOVE_DEFERRED, END_DEFERRED];
}
