import { readFileSync, writeFileSync } from 'node:fs';
import { generationTables } from '#token-read-model/generation-tables.js';
import { SHORT } from '../reading/snapshot.sql.js';
import { getTokenSql } from './get-token.sql.js';

const FILE = 'apps/query/src/get-token/get-token.generated.sql';

function rendered(): string {
  const { name, text } = getTokenSql(generationTables(1), 67890, [7], SHORT);
  return `-- What a request for one token asks of PostgreSQL. Generated: npm run generate.\n\n-- prepared as ${name}\n${text};\n`;
}

describe('the SQL of one token', () => {
  test('is the committed one', () => {
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, rendered());
    expect(rendered()).toBe(readFileSync(FILE, 'utf8'));
  });
});
