import type { Protection } from '../protection.js';

const LAW = 'test/query/page-cache-law.spec.ts';
const AT_ITS_POSITION = 'is the page that the tables have at its position';
const SPEC = 'test/query/page-cache.spec.ts';
const CACHE = 'apps/query/src/list-tokens/page-cache.ts';

/** Pages from memory. */
export const PAGE_CACHE: readonly Protection[] = [
  {
    name: 'a-cached-page-is-sent-in-its-state-only',
    file: 'apps/query/src/list-tokens/list-tokens.handler.ts',
    text: 'const isSame = visible === page.visible;',
    off: 'const isSame = visible !== undefined;',
    spec: LAW,
    test: AT_ITS_POSITION,
  },
  {
    name: 'a-state-is-of-all-its-customers',
    file: 'apps/query/src/polling/shared-states.sql.ts',
    text: 'customers.map((id) => newest.get(id)!)',
    off: 'customers.slice(0, 1).map((id) => newest.get(id)!)',
    spec: LAW,
    test: AT_ITS_POSITION,
  },
  {
    name: 'a-state-tells-what-has-gone',
    file: 'apps/query/src/polling/visible-state.sql.ts',
    text: `  (select max(gone.position) from \${tokenGone} gone where gone.customer_id = given.customer_id)`,
    off: '  0',
    spec: 'test/query/polling.spec.ts',
    test: 'gets a new page after a token that goes to another customer',
  },
  {
    name: 'a-state-tells-changes-out-of-order',
    file: 'apps/query/src/polling/visible-state.sql.ts',
    text: "concat_ws('-', g.number, g.lineage, g.turns, \${UNTIL_COMPLETE})",
    off: "concat_ws('-', g.number, g.lineage, \${UNTIL_COMPLETE})",
    spec: LAW,
    test: AT_ITS_POSITION,
  },
  {
    name: 'a-shared-state-is-of-after-the-question',
    file: 'apps/query/src/polling/visible-states.ts',
    text: `    this.gathering = undefined;
    const asked`,
    off: `    void this.turn.then(() => (this.gathering = undefined));
    const asked`,
    spec: SPEC,
    test: 'is one of after they have asked',
  },
  {
    name: 'a-shared-state-that-fails-is-read-by-each',
    file: 'apps/query/src/polling/visible-states.ts',
    text: '.catch(() => undefined);\n  }',
    off: ';\n  }',
    spec: SPEC,
    test: 'is read by each of them where the one reading fails',
  },
  {
    name: 'a-cached-page-is-of-its-callers-customers',
    file: 'apps/query/src/polling/entity-tag.ts',
    text: 'JSON.stringify([parameters, inOrder(customers)])',
    off: 'JSON.stringify([parameters, customers?.length])',
    spec: LAW,
    test: 'never goes to a caller of another scope',
  },
  {
    name: 'a-shared-reading-is-of-after-the-request',
    file: 'apps/query/src/list-tokens/shared-pages.ts',
    text: 'running: page.then(over, over), next: undefined, waiting: 0',
    off: 'running: page.then(over, over), next: page, waiting: 0',
    spec: LAW,
    test: 'shows what was committed before its request',
  },
  {
    name: 'an-erased-token-leaves-memory',
    file: CACHE,
    text: '!isOther && erased?.size === 0',
    off: '!isOther && erased',
    spec: SPEC,
    test: 'leaves memory with the first look after an erasure',
  },
];
