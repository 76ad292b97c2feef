import type { Protection } from '../protection.js';

const ENGINE = 'test/chargers/engine.spec.ts';
const SIDE_BY_SIDE = 'test/chargers/side-by-side.spec.ts';

/** Several projections in one database, of any domain. */
export const PROJECTIONS: readonly Protection[] = [
  {
    name: 'a-number-is-that-of-one-generation',
    file: 'libs/projection/src/store/generations.ts',
    text: '  await client.query(LOCK_NUMBERS);\n  const { rows } = await client.query<{ number: number }>(',
    off: '  const { rows } = await client.query<{ number: number }>(',
    spec: ENGINE,
    test: 'gives no number to two generations',
  },
  {
    name: 'a-number-is-that-of-no-table',
    file: 'libs/projection/src/store/generations.ts',
    text: ` || '_' || number) is not null`,
    off: ` || '_' || -number) is not null`,
    spec: ENGINE,
    test: 'gives no number whose tables are there already',
  },
  {
    name: 'nobody-drops-the-generation-of-another-projection',
    file: 'libs/projection/src/store/generations.ts',
    text: 'where number = $1 and projection = $2 and',
    off: `where number = $1 and $2 <> '' and`,
    spec: ENGINE,
    test: 'lets nobody confirm or drop',
  },
  {
    name: 'nobody-confirms-the-job-of-another-projection',
    file: 'libs/projection/src/store/job-requests.ts',
    text: 'where projection = $1 and number = $4',
    off: 'where number = $4',
    spec: ENGINE,
    test: 'lets nobody confirm or drop',
  },
  {
    name: 'each-projection-changes-its-schema-by-itself',
    file: 'libs/projection/src/store/preparing-lock.ts',
    text: 'pg_try_advisory_lock($1, hashtext($2))',
    off: 'pg_try_advisory_lock($1, 0 * length($2))',
    spec: ENGINE,
    test: 'lets the release of one change its schema',
  },
  {
    name: 'no-repair-from-an-archive-that-nothing-judges',
    file: 'libs/projection/src/store/proof/same-history.ts',
    text: `if (facts === '')`,
    off: `if (facts === 'none')`,
    spec: ENGINE,
    test: 'repairs from no archive',
  },
  {
    name: 'a-projection-without-tables-waits-for-them',
    file: 'libs/projection/src/lease-candidate.ts',
    text: 'missing.length === 0 && (await hasLiveGeneration(client, projection))',
    off: 'missing.length === 0 || (await hasLiveGeneration(client, projection))',
    spec: ENGINE,
    test: 'waits, and says what to do',
  },
  {
    name: 'a-projection-that-throws-parks-the-message',
    file: 'libs/projection/src/stream/decode-or-reject.ts',
    text: "return { kind: 'rejected', reason: `the projection failed at it: ${message}` };",
    off: 'throw new Error(message);',
    spec: ENGINE,
    test: 'takes a message at which a projection throws',
  },
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
