import type { Protection } from '../protection.js';

const READER = 'apps/query/src/reading/read-model-reader.ts';
const GENERATIONS = 'test/query/another-generation.spec.ts';

/** The query app while something changes or fails under it. */
export const READING: readonly Protection[] = [
  {
    name: 'database-away-is-a-503',
    file: 'apps/query/src/reading/read-failure.ts',
    text: `if (isDatabaseAway(error) || isPooledAway(error)) return unavailable('database', error);`,
    off: '',
    spec: 'test/query/database-away.spec.ts',
    test: 'after SIGKILL, both doors say 503',
  },
  {
    name: 'no-tls-is-away',
    file: 'libs/service-runtime/src/postgres/pool.ts',
    text: 'isClosed(error) || tlsProblem(error) !== undefined',
    off: 'isClosed(error)',
    spec: 'test/faults/tls.spec.ts',
    test: 'is away where its certificate is not',
  },
  {
    name: 'retry-after',
    file: 'libs/service-runtime/src/http/error.filter.ts',
    text: 'if (body.statusCode === 503) reply.header(',
    off: 'if (body.statusCode > 599) reply.header(',
    spec: 'test/query/database-away.spec.ts',
    test: 'after SIGKILL, both doors say 503',
  },
  {
    name: 'retry-when-a-result-type-has-changed',
    file: READER,
    text: 'sqlState(error) === FEATURE_NOT_SUPPORTED && !isRetry',
    off: 'sqlState(error) === FEATURE_NOT_SUPPORTED && isRetry',
    spec: GENERATIONS,
    test: 'whose result type has changed',
  },
  {
    name: 'retry-when-a-generation-is-gone',
    file: READER,
    text: 'if (sqlState(error) === UNDEFINED_TABLE) return undefined;',
    off: '',
    spec: GENERATIONS,
    test: 'whose tables are gone',
  },
  {
    name: 'retry-when-a-replica-cancels',
    file: READER,
    text: 'if (isCancelledForOthers(error)) return undefined;',
    off: '',
    spec: 'test/query/replica.spec.ts',
    test: 'answers what the replica cancels while it catches up: a search',
  },
  {
    name: 'retry-when-a-generation-was-replaced',
    file: 'apps/query/src/reading/reading.ts',
    text: `if (head === undefined || !/^\\d/.test(head)) {`,
    off: 'if (head === undefined) {',
    spec: GENERATIONS,
    test: 'whose tables are still there',
  },
  {
    name: 'a-cursor-names-one-token-among-ties',
    file: 'apps/query/src/list-tokens/list-order.ts',
    text: '`(${row}.${column}, ${row}.id) ${operator} (${key}, ${id})`;',
    off: '`${row}.${column} ${operator} ${key} and ${id} is not null`;',
    spec: 'test/query/cursors.spec.ts',
    test: 'is the whole list, on both doors',
  },
  {
    name: 'a-cursor-is-signed',
    file: 'apps/query/src/list-tokens/cursor.ts',
    text: 'if (!isSigned) throw notOfThisList();',
    off: 'if (!isSigned && bytes.length <= SIGNATURE_BYTES) throw notOfThisList();',
    spec: 'test/query/cursors.spec.ts',
    test: 'where it is of another list',
  },
  {
    name: 'a-cursor-is-of-its-caller',
    file: 'apps/query/src/list-tokens/cursor.ts',
    text: 'customers && [...customers].sort((a, b) => a - b)',
    off: 'customers && this.key.length',
    spec: 'test/query/cursors.spec.ts',
    test: 'where it is of another list',
  },
  {
    name: 'min-position-is-waited-for',
    file: 'apps/query/src/reading/read-model-reader.ts',
    text: 'if (minPosition === undefined || isAt(found.state, minPosition)) return found;',
    off: 'if (minPosition === undefined || isAt(found.state, 0n)) return found;',
    spec: 'test/query/min-position.spec.ts',
    test: 'waits while the projector is behind',
  },
  {
    name: 'min-position-is-not-waited-for-for-ever',
    file: 'apps/query/src/reading/pulse.ts',
    text: '>= position || now >= until;',
    off: '>= position || until < 0;',
    spec: 'test/query/min-position.spec.ts',
    test: 'is told after two seconds how far',
  },
];
