/** The tables of one generation of the read model; `TOKEN_TABLES` says what is in them. */
export interface GenerationTables {
  readonly generation: number;
  readonly token: string;
  readonly tokenUpdated: string;
  readonly tokenSearch: string;
  readonly tokenCount: string;
  readonly tokenMembership: string;
  readonly tokenGroupDeletion: string;
  readonly tokenErasure: string;
}

export type TableName = keyof Omit<GenerationTables, 'generation'>;

/** Raised when a template or the meaning of a column changes: older generations then want a rebuild. */
export const SCHEMA_VERSION = 2;

/**
 * The oldest schema version whose query app can read tables of this one; kept with a generation. It stays where columns are only
 * added, so that query apps of the release before go on answering after the switch; where one goes or changes its meaning it is
 * raised to {@link SCHEMA_VERSION}.
 */
export const READABLE_SINCE = 1;

/** The oldest schema version whose tables this release's query app can read. */
export const OLDEST_READABLE = 2;

/** Without the templates: this is done for every answer. */
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
