import { ServiceError } from '#service-runtime/service-error.js';

/** The first schema version whose tables hold the order of changes. */
const CHANGES_SINCE = 3;

/** @throws {ServiceError} 503 while the live generation was made by a release without the change feed */
export function ensureHasChanges(schemaVersion: number): void {
  if (schemaVersion >= CHANGES_SINCE) return;
  throw new ServiceError(
    503,
    `The read model is still of schema version ${schemaVersion}, and changes can be followed from ${CHANGES_SINCE} on; wait for the rebuild.`,
  );
}
