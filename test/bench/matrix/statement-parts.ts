import type { GenerationTables } from '#read-model/generation-tables.js';
import type { ReadStatement } from '../../../apps/query/src/reading/read-model-reader.js';
import { snapshotSql } from '../../../apps/query/src/reading/snapshot.sql.js';

const COUNT = '<count>';
const PAGE = '<page>';

/** The count and the page of a list statement as statements of their own; undefined where it is not built from the two. */
export function partsOf(
  tables: GenerationTables,
  { name, text, values }: ReadStatement,
): { readonly page: ReadStatement; readonly count: ReadStatement } | undefined {
  const [before, between, after] = snapshotSql(tables, COUNT, PAGE).split(/<count>|<page>/) as [string, string, string];
  const middle = text.indexOf(between);
  if (!text.startsWith(before) || middle < 0 || !text.endsWith(after)) return undefined;
  const count = text.slice(before.length, middle);
  const page = text.slice(middle + between.length, text.length - after.length);
  return { count: part('count', `select ${count}::text`), page: part('page', page) };

  function part(kind: string, partText: string): ReadStatement {
    const named = Array.from(partText.matchAll(/\$(\d+)/g), ([, number]) => Number(number));
    const numbers = [...new Set(named)].sort((a, b) => a - b);
    return {
      ...(name === undefined ? {} : { name: `${kind}_${name}` }),
      text: partText.replaceAll(/\$(\d+)/g, (_, number) => `$${numbers.indexOf(Number(number)) + 1}`),
      values: numbers.map((number) => values[number - 1]),
    };
  }
}
