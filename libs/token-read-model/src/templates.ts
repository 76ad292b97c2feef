import type { TableTemplate } from '#projection/table-template.js';
import { ALL_CUSTOMERS } from './count-table.js';
import { tokenGone, tokenUpdated } from './changes/change-templates.js';
import { generationTables, type TableName } from './generation-tables.js';
import { identifierIndexes } from './identifiers.js';
import { OF_TOKEN, ordered, places } from './template-parts.js';

const OF_GROUP = { of: 'group', column: 'token_group_id' };

/** SQL: the version of a row in the folded generation, null if the row is missing. */
const foldedVersion = (folded: number, name: TableName, row: string, ...keys: string[]) =>
  `(select told.version from ${generationTables(folded)[name]} told where ${keys.map((key) => `told.${key} = ${row}.${key}`).join(' and ')})`;

/** One row per token: the columns to filter and sort by, and `document`, its finished JSON. */
const token: TableTemplate = {
  name: 'token',
  columns: `
  id bigint not null,
  version bigint not null,
  customer_id bigint not null,
  facet smallint not null,
  created_at timestamptz not null,
  valid_from timestamptz not null,
  -- 'infinity' when the token never expires: a sort key must not be null
  expires_at timestamptz not null,
  -- the token's own updatedAt, without its memberships
  own_updated_at timestamptz not null,
  document text not null`,
  key: ['id'],
  include: ['facet'],
  fillfactor: 85,
  indexes: (table) => [
    ...places(table, 'id', 'id'),
    // The newest of a customer, the list that is asked for most, would otherwise be merged from the places of all its facets. The condition
    // is always true; without it PostgreSQL prefers this index, as a short one, also where another has the wanted order.
    `create index ${table}_customer_all_id on ${table} (customer_id, id) where customer_id > 0`,
    ...ordered(table, 'created_at', 'created_at, id'),
    ...ordered(table, 'valid_from', 'valid_from, id'),
    ...ordered(table, 'expires_at', 'expires_at, id'),
  ],
  groupedBy: 'customer_id',
  core: 'version::text',
  owner: OF_TOKEN('id'),
  untold: (row, _live, folded) =>
    `${row}.version > greatest(0, ${foldedVersion(folded, 'token', row, 'id')}, ${foldedVersion(folded, 'tokenErasure', row, 'id')})`,
  isKnown: (live) => `(select l.version > t.version or (l.version = t.version
      and (l.customer_id, l.created_at, l.own_updated_at) = (t.customer_id, t.created_at, t.own_updated_at))
    from ${generationTables(live).token} l where l.id = t.id) is true
    or (select e.version >= t.version from ${generationTables(live).tokenErasure} e where e.id = t.id) is true`,
};

/**
 * What a token is looked up by, in a separate table: canonical uid and label, and the app user. They seldom change, and indexes on an
 * often-updated table cost most: the one of trigrams halves the write rate.
 */
const tokenSearch: TableTemplate = {
  name: 'tokenSearch',
  columns: `
  id bigint not null,
  -- not indexed, so that a change of it stays HOT: a search with filters of the facet need not look at the token
  facet smallint not null,
  text text not null,
  app_user_id bigint`,
  key: ['id'],
  fillfactor: 90,
  indexes: identifierIndexes,
  owner: OF_TOKEN('id'),
};

/** Exact number of tokens per customer and facet; customer 0 holds the sums over all customers. */
const tokenCount: TableTemplate = {
  name: 'tokenCount',
  columns: `
  customer_id bigint not null,
  facet smallint not null,
  tokens bigint not null`,
  key: ['customer_id', 'facet'],
  fillfactor: 50,
  groupedBy: 'customer_id',
  counts: () => 'tokens <> 0',
  derivedFrom: (generation) => `select coalesce(customer_id, ${ALL_CUSTOMERS}) as customer_id, facet, count(*) as tokens
    from ${generationTables(generation).token} group by grouping sets ((customer_id, facet), (facet))`,
};

/** The winning entry of every (token, group) pair ever named, member or not. */
const tokenMembership: TableTemplate = {
  name: 'tokenMembership',
  columns: `
  token_id bigint not null,
  token_group_id bigint not null,
  version bigint not null,
  is_member boolean not null,
  time timestamptz not null`,
  key: ['token_id', 'token_group_id'],
  indexes: (table) => [membersIndexSql(table)],
  core: 'concat(version, is_member)',
  owner: OF_TOKEN('token_id'),
  dependsOn: OF_GROUP,
  untold: (row, _live, folded) =>
    `${row}.version > greatest(0, ${foldedVersion(folded, 'tokenMembership', row, 'token_id', 'token_group_id')})`,
  isKnown: (live) => `(select l.version >= t.version from ${generationTables(live).tokenMembership} l
    where l.token_id = t.token_id and l.token_group_id = t.token_group_id) is true`,
};

/** The highest deletion of every group ever deleted. */
const tokenGroupDeletion: TableTemplate = {
  name: 'tokenGroupDeletion',
  columns: `
  token_group_id bigint not null,
  version bigint not null,
  time timestamptz not null`,
  key: ['token_group_id'],
  core: 'version::text',
  owner: OF_GROUP,
  untold: (row, _live, folded) =>
    `${row}.version > greatest(0, ${foldedVersion(folded, 'tokenGroupDeletion', row, 'token_group_id')})`,
  isKnown: (live) => `(select l.version >= t.version from ${generationTables(live).tokenGroupDeletion} l
    where l.token_group_id = t.token_group_id) is true`,
};

/** The highest erasure of every token ever erased; holds no personal data. */
const tokenErasure: TableTemplate = {
  name: 'tokenErasure',
  columns: `
  id bigint not null,
  version bigint not null`,
  key: ['id'],
  core: 'version::text',
  // An erasure below the version of a token that came back has no meaning; a compacted stream no longer holds it.
  counts: (generation) =>
    `not exists (select 1 from ${generationTables(generation).token} back where back.id = t.id and back.version > t.version)`,
  owner: OF_TOKEN('id'),
  // If the token has come back since, its erasure has no meaning any more.
  untold: (row, live, folded) =>
    `${row}.version > greatest(0, ${foldedVersion(folded, 'tokenErasure', row, 'id')}, ${foldedVersion(folded, 'token', row, 'id')} - 1,
        (select back.version from ${generationTables(live).token} back where back.id = ${row}.id) - 1)`,
  isKnown: (
    live,
  ) => `(select e.version >= t.version from ${generationTables(live).tokenErasure} e where e.id = t.id) is true
    or (select l.version > t.version from ${generationTables(live).token} l where l.id = t.id) is true`,
};

/**
 * The members of a group in the order of their ids. Every version is above 0, but PostgreSQL uses this index only for a statement that
 * repeats this condition. Without the condition, on an empty table, the index would look as good as the primary key for finding the groups
 * of a token.
 */
export function membersIndexSql(table: string): string {
  return `create index ${table}_members on ${table} (token_group_id, token_id) include (is_member) where version > 0`;
}

export const TOKEN_TABLES: readonly TableTemplate[] = [
  token,
  tokenUpdated,
  tokenSearch,
  tokenCount,
  tokenMembership,
  tokenGroupDeletion,
  tokenErasure,
  tokenGone,
];
