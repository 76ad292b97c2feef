import type { Protection } from '../protection.js';

const LISTS = 'apps/query/src/list-tokens';
const SPEC = 'test/query/plans.spec.ts';

/** What keeps PostgreSQL to plans that read pages, not tables. */
export const PLANS: readonly Protection[] = [
  {
    name: 'customers-by-whole-keys',
    file: `${LISTS}/walk.sql.ts`,
    text: `indexes === 'customers' && order.column !== 'id'`,
    off: `indexes === 'customers' && (order.column as string) === ''`,
    spec: SPEC,
    test: 'sort no more than the first rows of every place, of which',
  },
  {
    name: 'counted-once',
    file: `${LISTS}/page.sql.ts`,
    text: 'from (${tokens} offset 0) counted)',
    off: 'from (${tokens}) counted)',
    spec: SPEC,
    test: 'count what matches once',
  },
  {
    name: 'walks-planned-for-their-beginning',
    file: `${LISTS}/walk.sql.ts`,
    text: '${read} limit ${mostChecked}) c',
    off: '${read} offset 0) c',
    spec: SPEC,
    test: 'scan no table of tokens whole',
  },
  {
    name: 'dates-of-customers-by-place',
    file: `${LISTS}/matches.sql.ts`,
    text: `if (lookUps.length === 0 && scope.indexes === 'customers') return inPlacesSql(wanted, column);`,
    off: '',
    spec: SPEC,
    test: "look up the dates of customers among those customers' tokens",
  },
  {
    name: 'prepared-plans-read-indexes',
    file: 'apps/query/src/reading/read-pools.ts',
    text: 'set enable_seqscan = off; set enable_bitmapscan = off;',
    off: '',
    spec: SPEC,
    test: 'the plans of list statements',
  },
  {
    name: 'prepared-plans-read-matches-once',
    file: 'apps/query/src/reading/read-pools.ts',
    text: 'set enable_material = off;',
    off: '',
    spec: 'test/query/plans-of-small-tables.spec.ts',
    test: 'a list of 12,000 tokens looks its tokens up',
  },
  {
    name: 'many-customers-by-the-order-of-all',
    file: `${LISTS}/list-tokens.sql.ts`,
    text: 'if (customers && customers.length > MANY_CUSTOMERS) return manyCustomersSql(tables, request, customers, from);',
    off: '',
    spec: SPEC,
    test: 'of many customers who have most of all tokens',
  },
  {
    name: 'batches-join-by-key',
    file: 'libs/projection/src/store/writer-client.ts',
    text: 'set enable_seqscan = off; set enable_bitmapscan = off; set enable_mergejoin = off; set enable_hashjoin = off;',
    off: 'set enable_material = on;',
    spec: 'test/projector/plans.spec.ts',
    test: 'read no table of a generation whole',
  },
  {
    name: 'the-newest-usable-token-ends-the-look-up',
    file: 'apps/query/src/resolve-tokens/resolve-tokens.sql.ts',
    text: 'where judged.rank = 1\n',
    off: "where judged.rank = 1 and given.kind = 'uid'\n",
    spec: 'test/query/resolve-plans.spec.ts',
    test: 'a label that half of the tokens have',
  },
  {
    name: 'a-page-that-was-found-ends-the-look-up',
    file: `${LISTS}/short-walk.sql.ts`,
    text: 'when ${isFound} then ${few} else',
    off: 'else',
    spec: SPEC,
    test: 'look up no more matches than the first',
  },
  {
    name: 'a-page-that-was-found-is-not-walked-again',
    file: `${LISTS}/short-walk.sql.ts`,
    text: 'gates: [`(select not ${isFound})`],',
    off: 'gates: [],',
    spec: 'test/query/many-tokens.spec.ts',
    test: 'are found and counted exactly',
  },
  {
    name: 'a-short-walk-ends-with-its-stretch',
    file: `${LISTS}/walk.sql.ts`,
    text: 'mostChecked === undefined ? all : all.slice(0, 1)',
    off: 'mostChecked === undefined ? all : all.slice(0)',
    spec: 'test/query/short-walks.spec.ts',
    test: 'never begins with tokens that never expire',
  },
];
