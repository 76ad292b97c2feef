import type { ReadStatement, SnapshotParts } from '../../../apps/query/src/reading/snapshot.sql.js';

/** The expression that counts by looking, between what leads to it and what follows. */
const COUNTED = /(then tokens else )[^]*( end as tokens, are_all)/;

/** The count of a list statement as a statement of its own. */
export function countAlone(parts: SnapshotParts): ReadStatement {
  return part('count', parts, `select ${parts.count}::text`);
}

/** The page of a list statement as a statement of its own; where counting means looking, that is spared by telling it the count. */
export function pageAlone({ shared = [], ...parts }: SnapshotParts, matches: number): ReadStatement {
  const told = shared.map((table) =>
    table.replace(COUNTED, (_, before: string, after: string) => before + String(matches) + after),
  );
  // A prepared statement's name stands for one text, and the count is part of this one.
  return part(`page_${matches}`, { ...parts, shared: told }, parts.page);
}

/** PostgreSQL wants every value that it is given to be used. */
function part(kind: string, { name, values, shared = [] }: SnapshotParts, wanted: string): ReadStatement {
  const text = `${shared.length > 0 ? `with ${shared.join(',\n')}\n` : ''}${wanted}`;
  const named = Array.from(text.matchAll(/\$(\d+)/g), ([, number]) => Number(number));
  const numbers = [...new Set(named)].sort((a, b) => a - b);
  return {
    ...(name === undefined ? {} : { name: `${kind}_${name}` }),
    text: text.replaceAll(/\$(\d+)/g, (_, number) => `$${numbers.indexOf(Number(number)) + 1}`),
    values: numbers.map((number) => values[number - 1]),
  };
}
