import { tableNames } from '#projection/table-template.js';
import { generationTables } from './generation-tables.js';
import { TOKEN_PROJECTION } from './token-projection.js';

test('the tables of a generation are those of the templates', () => {
  const { generation: _, ...tables } = generationTables(3);
  expect(Object.values(tables)).toEqual(tableNames(TOKEN_PROJECTION, 3));
  expect(Object.keys(tables)).toEqual(TOKEN_PROJECTION.tables.map(({ name }) => name));
});
