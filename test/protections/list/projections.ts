import type { Protection } from '../protection.js';

const SIDE_BY_SIDE = 'test/chargers/side-by-side.spec.ts';

/** Several projections in one database, of any domain. */
export const PROJECTIONS: readonly Protection[] = [
  {
    name: 'ids-of-owners-have-the-type-of-their-column',
    file: 'libs/projection/src/table-template.ts',
    text: 'unnest(${ids}::${type}[])',
    off: `unnest(\${ids}::\${type && 'bigint'}[])`,
    spec: 'test/chargers/rebuild.spec.ts',
    test: 'where rows of every table are spoilt',
  },
  {
    name: 'two-projections-park-one-message',
    file: 'libs/projection/src/store/migrate.ts',
    text: `if (several) await runner.query('drop index if exists dead_letter_message');`,
    off: `if (several) await runner.query('select 1');`,
    spec: SIDE_BY_SIDE,
    test: 'each parks what is poison for both',
  },
];
