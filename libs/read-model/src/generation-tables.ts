/**
 * The tables of one generation of the read model. They are not made by migrations: a rebuild makes the next generation from
 * this template beside the live one, so a change here is rolled out by a rebuild, not by an `alter table`.
 */
export interface GenerationTables {
  readonly generation: number;
  /** One row per token: what filters and sorts, and `document`, its finished JSON. */
  readonly token: string;
  /** `updatedAt` apart from the rest: it changes with every event, and alone here it leaves updates of `token` HOT. */
  readonly tokenUpdated: string;
  /** Canonical uid and label; apart, because a trigram index on an often-updated table halves the write rate. */
  readonly tokenSearch: string;
  /** Exact number of tokens per customer and facet; customer 0 holds the sums over all customers. */
  readonly tokenCount: string;
  /** The winning entry of every (token, group) pair ever named, member or not. */
  readonly tokenMembership: string;
  /** The highest deletion of every group ever deleted. */
  readonly tokenGroupDeletion: string;
  /** The highest erasure of every token ever erased; holds no personal data. */
  readonly tokenErasure: string;
}

/** Raised when {@link createTablesSql} or the meaning of a column changes: older generations then want a rebuild. */
export const SCHEMA_VERSION = 2;

/**
 * The oldest schema version whose query app can read tables of this one; kept with a generation. It stays where columns are only
 * added, so that query apps of the release before go on answering after the switch; where one goes or changes its meaning it is
 * raised to {@link SCHEMA_VERSION}.
 */
export const READABLE_SINCE = 1;

/** The oldest schema version whose tables this release's query app can read. */
export const OLDEST_READABLE = 2;

export function generationTables(generation: number): GenerationTables {
  return {
    generation,
    token: `token_${generation}`,
    tokenUpdated: `token_updated_${generation}`,
    tokenSearch: `token_search_${generation}`,
    tokenCount: `token_count_${generation}`,
    tokenMembership: `token_membership_${generation}`,
    tokenGroupDeletion: `token_group_deletion_${generation}`,
    tokenErasure: `token_erasure_${generation}`,
  };
}

/** Tables and primary keys only: a rebuild fills them before it pays for the other indexes. */
export function createTablesSql(generation: number): string {
  const t = generationTables(generation);
  return `
create table ${t.token} (
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
  document text not null,
  primary key (id) include (facet)
) with (fillfactor = 85);
create table ${t.tokenUpdated} (
  id bigint not null,
  customer_id bigint not null,
  facet smallint not null,
  updated_at timestamptz not null,
  primary key (id)
);
create table ${t.tokenSearch} (
  id bigint not null,
  -- not indexed, so that a change of it stays HOT: a search with filters of the facet need not look at the token
  facet smallint not null,
  text text not null,
  primary key (id)
) with (fillfactor = 90);
create table ${t.tokenCount} (
  customer_id bigint not null,
  facet smallint not null,
  tokens bigint not null,
  primary key (customer_id, facet)
) with (fillfactor = 50);
create table ${t.tokenMembership} (
  token_id bigint not null,
  token_group_id bigint not null,
  version bigint not null,
  is_member boolean not null,
  time timestamptz not null,
  primary key (token_id, token_group_id)
);
create table ${t.tokenGroupDeletion} (
  token_group_id bigint not null,
  version bigint not null,
  time timestamptz not null,
  primary key (token_group_id)
);
create table ${t.tokenErasure} (
  id bigint not null,
  version bigint not null,
  primary key (id)
);`;
}

/**
 * Index name and definition of everything but the primary keys; one statement each, so that a rebuild can show its progress.
 * Every order three times: over all tokens, for walks far into it that read the index alone, within a facet, and within a customer's facet.
 */
export function createIndexesSql(generation: number): string[] {
  const t = generationTables(generation);
  const places = (table: string, key: string, columns: string) => [
    `create index ${table}_${key} on ${table} (facet, ${columns})`,
    `create index ${table}_customer_${key} on ${table} (customer_id, facet, ${columns})`,
  ];
  const ordered = (table: string, key: string, columns: string) => [
    `create index ${table}_all_${key} on ${table} (${columns}) include (facet)`,
    ...places(table, key, columns),
  ];
  return [
    // Over all tokens, the primary key has this order.
    ...places(t.token, 'id', 'id'),
    ...ordered(t.token, 'created_at', 'created_at, id'),
    ...ordered(t.token, 'valid_from', 'valid_from, id'),
    ...ordered(t.token, 'expires_at', 'expires_at, id'),
    ...ordered(t.tokenUpdated, 'updated_at', 'updated_at, id'),
    `create index ${t.tokenSearch}_text on ${t.tokenSearch} using gin (text gin_trgm_ops)`,
    membersIndexSql(generation),
  ];
}

/**
 * The members of a group in the order of their ids. Every version is above 0; only a statement that says so too can be planned
 * by this index: over an empty table it looks as good as the primary key for finding the groups of a token.
 */
export function membersIndexSql(generation: number): string {
  const { tokenMembership } = generationTables(generation);
  return `create index ${tokenMembership}_members on ${tokenMembership} (token_group_id, token_id) where version > 0`;
}

/** Every table of a generation. */
export function tableNames(generation: number): string[] {
  const { generation: _, ...tables } = generationTables(generation);
  return Object.values(tables);
}

export function dropTablesSql(generation: number): string {
  return `drop table if exists ${tableNames(generation).join(', ')}`;
}
