import type { Client, QueryResult } from 'pg';
import type { GenerationTables } from '#read-model/generation-tables.js';
import { bigints, booleans, instants, smallints, texts } from './binary-arrays.js';
import type { Changes } from './changes.js';

/** Writes the changes of one batch, inside its transaction. Arrays per column: one statement per table, whatever the batch's size. */
export async function saveChanges(client: Client, tables: GenerationTables, changes: Changes): Promise<void> {
  const writes: Promise<QueryResult>[] = [];
  const write = (name: string, text: string, rows: readonly unknown[], columns: () => Buffer[]) => {
    if (rows.length > 0) writes.push(client.query({ name: `${name}_${tables.token}`, text, values: columns() }));
  };
  const { tokens, removedTokens, erasures, memberships, deletions, counts } = changes;
  write('save_tokens', saveTokensSql(tables), tokens, () => [
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
  write('save_updated', saveUpdatedSql(tables), tokens, () => [
    bigints(tokens.map((row) => row.id)),
    bigints(tokens.map((row) => row.customerId)),
    smallints(tokens.map((row) => row.facet)),
    instants(tokens.map((row) => row.updatedAt)),
  ]);
  write('save_search', saveSearchSql(tables), tokens, () => [
    bigints(tokens.map((row) => row.id)),
    smallints(tokens.map((row) => row.facet)),
    texts(tokens.map((row) => row.searchText)),
  ]);
  for (const table of [tables.token, tables.tokenUpdated, tables.tokenSearch]) {
    write(`remove_${table}`, `delete from ${table} where id = any($1::bigint[])`, removedTokens, () => [
      bigints(removedTokens),
    ]);
  }
  write('save_erasures', saveErasuresSql(tables), erasures, () => [
    bigints(erasures.map((row) => row.id)),
    bigints(erasures.map((row) => row.version)),
  ]);
  write('save_memberships', saveMembershipsSql(tables), memberships, () => [
    bigints(memberships.map((row) => row.tokenId)),
    bigints(memberships.map((row) => row.tokenGroupId)),
    bigints(memberships.map((row) => row.version)),
    booleans(memberships.map((row) => row.isMember)),
    instants(memberships.map((row) => row.time)),
  ]);
  write('save_deletions', saveDeletionsSql(tables), deletions, () => [
    bigints(deletions.map((row) => row.tokenGroupId)),
    bigints(deletions.map((row) => row.version)),
    instants(deletions.map((row) => row.time)),
  ]);
  write('save_counts', saveCountsSql(tables), counts, () => [
    bigints(counts.map((row) => row.customerId)),
    smallints(counts.map((row) => row.facet)),
    bigints(counts.map((row) => row.by)),
  ]);
  await Promise.all(writes);
}

function saveTokensSql({ token }: GenerationTables): string {
  return `insert into ${token} as t (id, version, customer_id, facet, created_at, valid_from, expires_at, own_updated_at, document)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[])
on conflict (id) do update set
  version = excluded.version, customer_id = excluded.customer_id, facet = excluded.facet, created_at = excluded.created_at,
  valid_from = excluded.valid_from, expires_at = excluded.expires_at, own_updated_at = excluded.own_updated_at, document = excluded.document
where excluded.version >= t.version`;
}

function saveUpdatedSql({ tokenUpdated }: GenerationTables): string {
  return `insert into ${tokenUpdated} (id, customer_id, facet, updated_at)
select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::timestamptz[])
on conflict (id) do update set customer_id = excluded.customer_id, facet = excluded.facet, updated_at = excluded.updated_at`;
}

/** Facet, uid and label seldom change: rows that stay as they are are not touched. */
function saveSearchSql({ tokenSearch }: GenerationTables): string {
  return `insert into ${tokenSearch} (id, facet, text)
select given.id, given.facet, given.text from unnest($1::bigint[], $2::smallint[], $3::text[]) given (id, facet, text)
left join ${tokenSearch} known using (id) where (known.facet, known.text) is distinct from (given.facet, given.text)
on conflict (id) do update set facet = excluded.facet, text = excluded.text`;
}

function saveErasuresSql({ tokenErasure }: GenerationTables): string {
  return `insert into ${tokenErasure} (id, version) select * from unnest($1::bigint[], $2::bigint[])
on conflict (id) do update set version = excluded.version`;
}

function saveMembershipsSql({ tokenMembership }: GenerationTables): string {
  return `insert into ${tokenMembership} (token_id, token_group_id, version, is_member, time)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::timestamptz[])
on conflict (token_id, token_group_id) do update set version = excluded.version, is_member = excluded.is_member, time = excluded.time`;
}

function saveDeletionsSql({ tokenGroupDeletion }: GenerationTables): string {
  return `insert into ${tokenGroupDeletion} (token_group_id, version, time) select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
on conflict (token_group_id) do update set version = excluded.version, time = excluded.time`;
}

function saveCountsSql({ tokenCount }: GenerationTables): string {
  return `insert into ${tokenCount} as c (customer_id, facet, tokens) select * from unnest($1::bigint[], $2::smallint[], $3::bigint[])
on conflict (customer_id, facet) do update set tokens = c.tokens + excluded.tokens`;
}
