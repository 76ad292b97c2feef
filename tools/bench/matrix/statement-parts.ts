import type { ListParts } from '../../../apps/query/src/list-tokens/list-parts.js';
import type { ReadStatement } from '../../../apps/query/src/reading/snapshot.sql.js';

/** The count of a list statement as a statement of its own. */
export function countAlone(parts: ListParts): ReadStatement {
  return part('count', parts, `select ${parts.count}::text`);
}

/** The page of a list statement as a statement of its own; where counting means looking, that is spared by telling it the count. */
export function pageAlone({ looked, shared = [], ...parts }: ListParts, matches: number): ReadStatement {
  const told = looked === undefined ? shared : shared.map((table) => table.replace(looked, () => String(matches)));
  // A prepared statement's name stands for one text, and the count is part of this one.
  return part(`page_${matches}`, { ...parts, shared: told }, parts.page);
}

/** PostgreSQL wants every value that it is given to be used. */
function part(kind: string, { name, values, shared = [] }: ListParts, wanted: string): ReadStatement {
  const text = `${shared.length > 0 ? `with ${shared.join(',\n')}\n` : ''}${wanted}`;
  const named = Array.from(text.matchAll(/\$(\d+)/g), ([, number]) => Number(number));
  const numbers = [...new Set(named)].sort((a, b) => a - b);
  return {
    ...(name === undefined ? {} : { name: `${kind}_${name}` }),
    text: text.replaceAll(/\$(\d+)/g, (_, number) => `$${numbers.indexOf(Number(number)) + 1}`),
    values: numbers.map((number) => values[number - 1]),
  };
}
