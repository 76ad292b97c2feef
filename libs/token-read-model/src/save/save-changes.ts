import type { Client, QueryResult } from 'pg';
import type { GenerationTables } from '../generation-tables.js';
import { bigints, booleans, instants, smallints, texts } from '#projection/store/binary-arrays.js';
import type { Changes } from '../fold/changes.js';
import {
  removeGoneSql,
  removeSql,
  saveCountsSql,
  saveDeletionsSql,
  saveErasuresSql,
  NOBODY,
  saveGoneSql,
  saveMembershipsSql,
  saveSearchSql,
  saveTokensSql,
  saveUpdatedSql,
} from './save-changes.sql.js';
import type { Statement } from '#projection/store/statement.js';

type Write = (statement: Statement, rows: readonly unknown[], columns: () => Buffer[]) => void;

/**
 * Writes the changes of one batch, inside its transaction. It passes one array per column: one statement per table, whatever the size of
 * the batch.
 */
export async function saveChanges(client: Client, tables: GenerationTables, changes: Changes): Promise<void> {
  const writes: Promise<QueryResult>[] = [];
  const write: Write = (statement, rows, columns) => {
    if (rows.length > 0) writes.push(client.query({ ...statement, values: columns() }));
  };
  try {
    saveTokens(write, tables, changes);
    saveKeys(write, tables, changes);
    saveDepartures(write, tables, changes);
  } catch (error) {
    // A value of a damaged row cannot be encoded. What was sent before is still under way.
    await Promise.allSettled(writes);
    throw error;
  }
  await Promise.all(writes);
}

function saveTokens(write: Write, tables: GenerationTables, { tokens, removedTokens }: Changes): void {
  write(saveTokensSql(tables), tokens, () => [
    bigints(tokens.map((row) => row.id)),
    bigints(tokens.map((row) => row.version)),
    bigints(tokens.map((row) => row.customerId)),
    smallints(tokens.map((row) => row.facet)),
    instants(tokens.map((row) => row.createdAt)),
    instants(tokens.map((row) => row.validFrom)),
    instants(tokens.map((row) => row.expiresAt)),
    instants(tokens.map((row) => row.ownUpdatedAt)),
    texts(tokens.map((row) => row.document)),
  ]);
  write(saveUpdatedSql(tables), tokens, () => [
    bigints(tokens.map((row) => row.id)),
    bigints(tokens.map((row) => row.customerId)),
    smallints(tokens.map((row) => row.facet)),
    instants(tokens.map((row) => row.updatedAt)),
    bigints(tokens.map((row) => row.place.position)),
    bigints(tokens.map((row) => row.place.turn)),
  ]);
  write(saveSearchSql(tables), tokens, () => [
    bigints(tokens.map((row) => row.id)),
    smallints(tokens.map((row) => row.facet)),
    texts(tokens.map((row) => row.searchText)),
    bigints(tokens.map((row) => row.appUserId ?? NOBODY)),
  ]);
  for (const table of [tables.token, tables.tokenUpdated, tables.tokenSearch])
    write(removeSql(tables, table), removedTokens, () => [bigints(removedTokens)]);
}

function saveDepartures(write: Write, tables: GenerationTables, { gone, back }: Changes): void {
  write(removeGoneSql(tables), back, () => [
    bigints(back.map((row) => row.customerId)),
    bigints(back.map((row) => row.id)),
  ]);
  write(saveGoneSql(tables), gone, () => [
    bigints(gone.map((row) => row.customerId)),
    bigints(gone.map((row) => row.id)),
    bigints(gone.map((row) => row.place.position)),
    bigints(gone.map((row) => row.place.turn)),
  ]);
}

function saveKeys(write: Write, tables: GenerationTables, changes: Changes): void {
  const { erasures, memberships, deletions, counts } = changes;
  write(saveErasuresSql(tables), erasures, () => [
    bigints(erasures.map((row) => row.id)),
    bigints(erasures.map((row) => row.version)),
  ]);
  write(saveMembershipsSql(tables), memberships, () => [
    bigints(memberships.map((row) => row.tokenId)),
    bigints(memberships.map((row) => row.tokenGroupId)),
    bigints(memberships.map((row) => row.version)),
    booleans(memberships.map((row) => row.isMember)),
    instants(memberships.map((row) => row.time)),
  ]);
  write(saveDeletionsSql(tables), deletions, () => [
    bigints(deletions.map((row) => row.tokenGroupId)),
    bigints(deletions.map((row) => row.version)),
    instants(deletions.map((row) => row.time)),
  ]);
  write(saveCountsSql(tables), counts, () => [
    bigints(counts.map((row) => row.customerId)),
    smallints(counts.map((row) => row.facet)),
    bigints(counts.map((row) => row.by)),
  ]);
}
