import { readFileSync, writeFileSync } from 'node:fs';
import { generationTables } from '#token-read-model/generation-tables.js';
import { SHORT } from '../reading/snapshot.sql.js';
import { resolveTokensSql } from './resolve-tokens.sql.js';

const FILE = 'apps/query/src/resolve-tokens/resolve-tokens.generated.sql';

function rendered(): string {
  const identifiers = [
    { kind: 'uid', text: '04:A7:E9:42:F1:C8:D0' },
    { kind: 'label', text: 'DK.SPI.V03198' },
  ] as const;
  const at = '2025-06-03T12:00:00.000Z';
  const { name, text, values } = resolveTokensSql(generationTables(1), identifiers, at, [7], SHORT);
  const parameters = values.map((value, i) => `$${i + 1} = ${JSON.stringify(value)}`).join(', ');
  return `-- What a request to resolve uids and labels asks of PostgreSQL. Generated: npm run generate.\n\n-- prepared as ${name}\n-- ${parameters}\n${text};\n`;
}

describe('the SQL that resolves uids and labels', () => {
  test('is the committed one', () => {
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, rendered());
    expect(rendered()).toBe(readFileSync(FILE, 'utf8'));
  });
});
