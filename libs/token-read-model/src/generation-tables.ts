/** The tables of one generation of the read model; `TOKEN_TABLES` describes them. */
export interface GenerationTables {
  readonly generation: number;
  readonly token: string;
  readonly tokenUpdated: string;
  readonly tokenSearch: string;
  readonly tokenCount: string;
  readonly tokenMembership: string;
  readonly tokenGroupDeletion: string;
  readonly tokenErasure: string;
  readonly tokenGone: string;
}

export type TableName = keyof Omit<GenerationTables, 'generation'>;

/** Raise it when a template or the meaning of a column changes: older generations then need a rebuild. */
export const SCHEMA_VERSION = 3;

/**
 * The oldest schema version whose query app can read tables of this one; stored with a generation. It stays the same if columns are only
 * added, so that query apps of the previous release can answer after the switch. If a column is removed or changes its meaning, raise it to
 * {@link SCHEMA_VERSION}.
 */
export const READABLE_SINCE = 1;

/** The oldest schema version whose tables this release's query app can read. */
export const OLDEST_READABLE = 2;

/** The schema version from which on tables can be asked for whole uids, whole labels and app users. */
export const IDENTIFIERS_SINCE = 3;

/** The first schema version whose tables have the order of changes. */
export const CHANGES_SINCE = 3;

/** Does not use the templates: every answer calls this, so it must be fast. */
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
    tokenGone: `token_gone_${generation}`,
  };
}
