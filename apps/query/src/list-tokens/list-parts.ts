import type { SnapshotParts } from '../reading/snapshot.sql.js';

/** A list statement by its parts, all over the same values. */
export interface ListParts extends SnapshotParts {
  /** Under which it is prepared once; left out where it is planned for its values. */
  readonly name?: string;
  readonly values: readonly unknown[];
  /** The expression in {@link shared} that counts by looking, where there is one. */
  readonly looked?: string;
}
