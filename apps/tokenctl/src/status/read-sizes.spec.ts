import type { DatabaseFacts } from './read-database.js';
import { withSizes } from './read-sizes.js';

describe('the sizes of tables', () => {
  const generation = (number: number) => ({ number, tables: [`token_${number}`] });
  const facts = (...numbers: number[]) => ({ generations: numbers.map(generation) }) as unknown as DatabaseFacts;
  const sizes = { tables: [1, 2, 7].map((number) => ({ name: `token_${number}`, bytes: 10 })), databaseBytes: 100 };

  test('name the tables that no generation has, and none of a job that has begun since', () => {
    const strays = (later?: DatabaseFacts) =>
      withSizes(facts(1), sizes, later?.generations).strayTables?.map(({ name }) => name);
    expect(strays()).toEqual(['token_2', 'token_7']);
    expect(strays(facts(1, 2))).toEqual(['token_7']);
  });
});
