import { readFileSync, writeFileSync } from 'node:fs';
import { generationTables, SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { SHORT } from '../reading/snapshot.sql.js';
import { sharedStatesSql } from './shared-states.sql.js';
import { visibleStateSql } from './visible-state.sql.js';

const FILE = 'apps/query/src/polling/visible-state.generated.sql';

function rendered(): string {
  const tables = generationTables(1);
  const statements = [null, [7, 8], Array.from({ length: 11 }, (_, i) => i + 1)].map((customers) => {
    const { name, text } = visibleStateSql({ tables, schemaVersion: SCHEMA_VERSION, customers }, SHORT);
    return `\n-- of ${customers ? customers.length : 'all'} customers\n-- prepared as ${name}\n${text};\n`;
  });
  const { name, text } = sharedStatesSql({ tables, schemaVersion: SCHEMA_VERSION, customers: [] }, 0, SHORT);
  statements.push(`\n-- of many lists at once\n-- prepared as ${name}\n${text};\n`);
  return `-- What a caller who has an answer makes us ask of PostgreSQL. Generated: npm run generate.\n${statements.join('')}`;
}

describe('the SQL of the visible state', () => {
  test('is the committed one', () => {
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, rendered());
    expect(rendered()).toBe(readFileSync(FILE, 'utf8'));
  });
});
