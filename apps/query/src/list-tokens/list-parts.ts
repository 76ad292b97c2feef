import type { SnapshotParts } from '../reading/snapshot.sql.js';

/** A list statement by its parts, all over the same values. */
export interface ListParts extends SnapshotParts {
  /** The expression in {@link shared} that counts by looking, where there is one. */
  readonly looked?: string;
}
