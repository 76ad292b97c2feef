import type { Client, QueryResult } from 'pg';
import type { GenerationTables } from '#read-model/generation-tables.js';
import { bigints, booleans, instants, smallints, texts } from './binary-arrays.js';
import type { Changes } from './changes.js';
import {
  removeSql,
  saveCountsSql,
  saveDeletionsSql,
  saveErasuresSql,
  saveMembershipsSql,
  saveSearchSql,
  saveTokensSql,
  saveUpdatedSql,
} from './save-changes.sql.js';
import type { WriteStatement } from './write-statement.js';

/** Writes the changes of one batch, inside its transaction. Arrays per column: one statement per table, whatever the batch's size. */
export async function saveChanges(client: Client, tables: GenerationTables, changes: Changes): Promise<void> {
  const writes: Promise<QueryResult>[] = [];
  const write = (statement: WriteStatement, rows: readonly unknown[], columns: () => Buffer[]) => {
    if (rows.length > 0) writes.push(client.query({ ...statement, values: columns() }));
  };
  const { tokens, removedTokens, erasures, memberships, deletions, counts } = changes;
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
  ]);
  write(saveSearchSql(tables), tokens, () => [
    bigints(tokens.map((row) => row.id)),
    smallints(tokens.map((row) => row.facet)),
    texts(tokens.map((row) => row.searchText)),
  ]);
  for (const table of [tables.token, tables.tokenUpdated, tables.tokenSearch]) {
    write(removeSql(tables, table), removedTokens, () => [bigints(removedTokens)]);
  }
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
  await Promise.all(writes);
}
