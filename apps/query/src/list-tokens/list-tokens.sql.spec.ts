import { readFileSync, writeFileSync } from 'node:fs';
import { generationTables } from '#token-read-model/generation-tables.js';
import { ListTokensRequest } from './list-tokens.request.js';
import type { PageStart } from './page-start.js';
import { SHORT } from '../reading/snapshot.sql.js';
import { listTokensSql } from './list-tokens.sql.js';

const FILE = 'apps/query/src/list-tokens/list-tokens.generated.sql';

const NOON = '2025-06-03T12:00:00.000Z';
const LATER = '2025-06-03T13:00:00.000Z';

const CASES: [title: string, request: Partial<ListTokensRequest>, customers: number[] | null, from?: PageStart][] = [
  ['every token, newest first', {}, null],
  ['active RFID tokens by creation', { type: 'rfid', isActive: true, sortBy: 'createdAt' }, null],
  ['the first page of a customer', { limit: 50 }, [7]],
  ["a customer's tokens by their last change", { sortBy: 'updatedAt' }, [7]],
  ['by expiry, never-expiring ones last', { sortBy: 'expiresAt', sortDirection: 'desc' }, null],
  ['far into the list of all', { offset: 400_000, limit: 50 }, null],
  ['far into the active ones by expiry', { offset: 1_000, isActive: true, sortBy: 'expiresAt' }, null],
  ["far into a customer's tokens", { offset: 1_000, sortBy: 'validFrom' }, [7]],
  ['the tokens of many customers', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ['a search', { search: '04:A7:E9:42:F1:C8:D0' }, null],
  ['a search by digits, within a scope', { search: '67890' }, [7, 8]],
  [
    'expiring from an instant on',
    { expiresFrom: '2025-06-03T12:00:00.000Z', isActive: true, sortBy: 'expiresAt' },
    null,
  ],
  ['behind a cursor, by creation', { sortBy: 'createdAt' }, null, { reads: 'after', id: 5, key: NOON }],
  [
    "before a cursor, a customer's by expiry",
    { sortBy: 'expiresAt', sortDirection: 'desc' },
    [7],
    { reads: 'before', id: 5, key: null },
  ],
  ['behind a cursor, a search', { search: '67890', limit: 50 }, null, { reads: 'after', id: 5, key: undefined }],
  ['changed since', { updatedAtFrom: NOON, sortBy: 'updatedAt', sortDirection: 'asc' }, null],
  [
    'created within a span',
    { createdAtFrom: NOON, createdAtTo: LATER, sortBy: 'createdAt', sortDirection: 'asc' },
    [7],
  ],
  ['usable now', { status: 'usable', judgedAt: NOON }, null],
  [
    'usable now, created and changed since',
    { status: 'usable', judgedAt: NOON, createdAtFrom: NOON, updatedAtFrom: NOON },
    [7],
  ],
  [
    'usable now, by expiry behind a cursor',
    { status: 'usable', judgedAt: LATER, sortBy: 'expiresAt', sortDirection: 'asc' },
    null,
    { reads: 'after', id: 5, key: NOON },
  ],
  ['expired, in a group', { status: 'expired', tokenGroupId: 5, judgedAt: NOON }, null],
  ['by ids, within a scope', { ids: [1, 2, 67890] }, [7, 8]],
  ['valid from an instant on, by last change', { validFrom: '2025-06-03T12:00:00.000Z', sortBy: 'updatedAt' }, [7]],
];

function rendered(): string {
  const statements = CASES.map(([title, request, customers, from]) => {
    const { name, text, values } = listTokensSql(
      generationTables(1),
      Object.assign(new ListTokensRequest(), request),
      customers,
      SHORT,
      from,
    );
    const parameters = values.map((value, i) => `$${i + 1} = ${JSON.stringify(value)}`).join(', ');
    return `-- ${title}\n-- ${name ? `prepared as ${name}` : 'planned for its values'}\n-- ${parameters}\n${text};\n`;
  });
  return `-- What list requests ask of PostgreSQL. Generated: npm run generate.\n\n${statements.join('\n')}`;
}

describe('the SQL of the list', () => {
  test('is the committed one', () => {
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, rendered());
    expect(rendered()).toBe(readFileSync(FILE, 'utf8'));
  });

  test.each(CASES.map(([title, ...asked]) => [title, asked] as const))(
    'never names a parameter it does not bind: %s',
    (_, [request, customers, from]) => {
      const { text, values } = listTokensSql(
        generationTables(1),
        Object.assign(new ListTokensRequest(), request),
        customers,
        SHORT,
        from,
      );
      const named = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
      expect([...named].sort((a, b) => a - b)).toEqual(values.map((_value, i) => i + 1));
    },
  );
});
