import { SCHEMA_VERSION } from '#read-model/generation-tables.js';

/** Thrown when a release that has taken the lease to change the schema has nothing left to do that: another may lead. */
export class SchemaNotChanged extends Error {
  override readonly name = 'SchemaNotChanged';
}

/** Why this release must not write the live generation, in words for an operator. */
export function otherSchema(live: number): string {
  const versions = `the live generation is of schema version ${live} and this release writes ${SCHEMA_VERSION}`;
  return live > SCHEMA_VERSION
    ? `${versions}: it is older and writes nothing; let the newer release run`
    : `${versions}: a rebuild makes the one it can write (REBUILD_ON_SCHEMA_CHANGE, or tokenctl rebuild)`;
}
