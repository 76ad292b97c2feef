import type { NeededSchema } from './snapshot.sql.js';
import { OLDEST_READABLE, SCHEMA_VERSION, type GenerationTables } from '#token-read-model/generation-tables.js';

/** The live generation when it was last looked at. */
export interface Live {
  readonly tables: GenerationTables;
  readonly schemaVersion: number;
}

export interface LiveGeneration {
  readonly generation: number;
  readonly schema_version: number;
  /** The oldest schema version whose query app can read it. */
  readonly readable_since: number;
  /** All readers sign with it. null: its table is empty. */
  readonly reader_key: Buffer | null;
}

/** A live generation in a database that has its key. */
export type KeyedGeneration = LiveGeneration & { readonly reader_key: Buffer };

export function hasKey(row: LiveGeneration): row is KeyedGeneration {
  return row.reader_key !== null;
}

/**
 * Names every column that the statements of answers use: while the migrations have not run, a column is missing and this statement fails.
 */
export const LIVE_GENERATION_SQL = `
  select number as generation, schema_version, readable_since, position, complete_to, caught_up_at, created_at, stale_because, lineage, turns,
    (select key from reader_key) as reader_key
  from generation where projection = 'tokens' and state = 'live'`;

/** Why a statement cannot be asked of the live generation, in words; undefined when it can. */
export function lacking(needed: NeededSchema | undefined, version: number): string | undefined {
  if (!needed || version >= needed.version) return undefined;
  return `The read model is still of schema version ${version}, and ${needed.what} need ${needed.version}; wait for the rebuild.`;
}

/** Why this release cannot read the live generation, in words; undefined when it can. Better no answer than a half-right one. */
export function unreadable({ schema_version: version, readable_since: since }: LiveGeneration): string | undefined {
  if (version < OLDEST_READABLE)
    return `The read model is still of schema version ${version}, and this release reads ${OLDEST_READABLE} and later; wait for the rebuild.`;
  if (since > SCHEMA_VERSION)
    return `The read model is of schema version ${version}, which this release (${SCHEMA_VERSION}) cannot read; start the newer one.`;
  return undefined;
}
