import type { Projection } from '../projection.js';

/** Thrown if a release took the lease to change the schema and has no job left for that: another projector may lead. */
export class SchemaNotChanged extends Error {
  override readonly name = 'SchemaNotChanged';
}

/** Why this release must not write the live generation, in words for an operator. */
export function otherSchema({ schemaVersion, words }: Projection, live: number): string {
  const versions = `the live generation is of schema version ${live} and this release writes ${schemaVersion}`;
  return live > schemaVersion
    ? `${versions}: it is older and writes nothing; let the newer release run`
    : `${versions}: a rebuild makes the one it can write (REBUILD_ON_SCHEMA_CHANGE, or ${words.tool} rebuild)`;
}
