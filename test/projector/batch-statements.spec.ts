import { readFileSync, writeFileSync } from 'node:fs';
import { generationTables } from '#token-read-model/generation-tables.js';
import { batchStatements } from './batch-statements.js';

const FILE = 'libs/token-read-model/batch.generated.sql';

function rendered(): string {
  const statements = batchStatements(generationTables(1)).map(({ name, text }) => `-- prepared as ${name}\n${text};\n`);
  return `-- What a batch of events asks of PostgreSQL, between begin and commit. Generated: npm run generate.\n\n${statements.join('\n')}`;
}

describe('the SQL of a batch', () => {
  test('is the committed one', () => {
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, rendered());
    expect(rendered()).toBe(readFileSync(FILE, 'utf8'));
  });

  test('has a name of its own for every statement, which a server has room for', () => {
    const names = batchStatements(generationTables(123_456)).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 63)).toEqual([]);
  });
});
