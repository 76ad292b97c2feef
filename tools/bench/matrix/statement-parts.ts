import type { ReadStatement, SnapshotParts } from '../../../apps/query/src/reading/snapshot.sql.js';

/** The expression that counts by reading rows, between the text before it and the text after it. */
const COUNTED = /(then tokens else )[^]*( end as tokens, are_all)/;

/** The count of a list statement as a separate statement. */
export function countAlone(parts: SnapshotParts): ReadStatement {
  return part('count', parts, `select ${parts.count}::text`);
}

/** The page of a list statement as a separate statement; if the count needs reading, the statement gets the count instead. */
export function pageAlone({ shared = [], ...parts }: SnapshotParts, matches: number): ReadStatement {
  const told = shared.map((table) =>
    table.replace(COUNTED, (_, before: string, after: string) => before + String(matches) + after),
  );
  // The name of a prepared statement belongs to one text, and the count is part of this text.
  return part(`page_${matches}`, { ...parts, shared: told }, parts.page);
}

/** PostgreSQL requires that a statement uses every value it gets. */
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
