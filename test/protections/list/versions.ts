import type { Protection } from '../protection.js';

const FOLD = 'libs/token-read-model/src/fold/fold.ts';
const law = {
  spec: 'test/projector/law.spec.ts',
  test: 'gives the same rows, counts and answers as a plain fold',
} as const;
/** Answers show some of it only where another event lies between two versions; the tables always do. */
const tables = { spec: law.spec, test: 'leaves the same tables, to the last row' } as const;

/** The highest version wins, whatever comes when and how often. */
export const VERSIONS: readonly Protection[] = [
  {
    name: 'version-of-a-token',
    file: FOLD,
    text: 'offered.value.version <= above',
    off: 'above < 0',
    ...law,
  },
  {
    name: 'version-of-a-membership',
    file: FOLD,
    text: 'value.version <= (pairs.get(tokenGroupId)?.version ?? 0)',
    off: 'value.version < 0',
    ...law,
  },
  {
    name: 'version-of-a-group-deletion',
    file: FOLD,
    text: 'value.version <= (this.current.deletions.get(group)?.version ?? 0)',
    off: 'value.version < 0',
    ...tables,
  },
  {
    name: 'version-of-an-erasure',
    file: FOLD,
    text: 'value.version <= (this.current.erasures.get(id) ?? 0)',
    off: 'value.version < 0',
    ...tables,
  },
  {
    name: 'version-within-a-batch',
    file: 'libs/token-read-model/src/fold/reduce.ts',
    text: '!known || value.version > known.value.version',
    off: '!known || value.version > 0',
    ...law,
  },
  {
    name: 'deletion-against-membership',
    file: FOLD,
    text: 'deletion !== undefined && deletion.version > entry.version',
    off: 'deletion !== undefined && deletion.version > 0',
    ...law,
  },
];
