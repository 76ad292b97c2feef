import { readFileSync, writeFileSync } from 'node:fs';
import { generationTables, SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { withTokenState } from '../polling/visible-state.sql.js';
import { SHORT, snapshotSql } from '../reading/snapshot.sql.js';
import { getTokenParts } from './get-token.sql.js';

const FILE = 'apps/query/src/get-token/get-token.generated.sql';

function rendered(): string {
  const tables = generationTables(1);
  const parts = getTokenParts(tables, 67890, [7]);
  const statements = [parts, withTokenState(parts, { tables, schemaVersion: SCHEMA_VERSION })].map((one) => {
    const { name, text } = snapshotSql(tables, one, SHORT);
    return `\n-- prepared as ${name}\n${text};\n`;
  });
  return `-- What a request for one token asks of PostgreSQL, over NATS and over HTTP. Generated: npm run generate.\n${statements.join('')}`;
}

describe('the SQL of one token', () => {
  test('is the committed one', () => {
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, rendered());
    expect(rendered()).toBe(readFileSync(FILE, 'utf8'));
  });
});
