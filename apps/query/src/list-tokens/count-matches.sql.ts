import { ROWS, type Wanted } from './match-sources.js';
import { matchesSql } from './matches.sql.js';
import type { TimeWindow } from './time-windows.js';

/**
 * A subquery: the number of matches. Of a window that nearly all tokens are in, those outside of it are counted: they are taken from the
 * tokens that match the other filters.
 */
export function countSql(wanted: Wanted): string {
  const { scope, windows, lookUps } = wanted;
  const [only, ...others] = windows;
  if (lookUps.length > 0) return direct(wanted);
  if (!only) return `(${scope.tokens})`;
  const wide = windows.find(({ rest }) => rest);
  if (wide) {
    const narrow = windows.filter((window) => window !== wide);
    const count = (some: readonly TimeWindow[]) => countSql({ ...wanted, windows: some });
    return `(${count(narrow)} - ${count([...narrow, wide.rest!])})`;
  }
  // Tokens that never expire are on no side.
  const hasSides = others.length === 0 && only.column !== 'expires_at' && scope.indexes !== 'customers';
  return hasSides ? fromTheNearerEnd(wanted, only) : direct(wanted);
}

function direct(wanted: Wanted): string {
  return `(${matchesSql(wanted, 'count(*)')})`;
}

/**
 * The number of all tokens is known. So the statement counts the tokens outside of the window if these seem to be fewer than those within,
 * judged by the time from the first to the last token.
 */
function fromTheNearerEnd(wanted: Wanted, { table, column, range: { from, below } }: TimeWindow): string {
  const { tables, scope } = wanted;
  const name = tables[table];
  const row = ROWS[table];
  const facets = scope.indexes === 'all' ? '' : ` and ${row}.facet = any(${scope.facets})`;
  const before = (operator: string, end: string) =>
    ` - (select count(*) from ${name} ${row} where ${row}.${column} ${operator} ${end}${facets})`;
  const outside = (from ? before('<', from) : '') + (below ? before('>=', below) : '');
  const [first, last] = ['min', 'max'].map((end) => `(select ${end}(${row}.${column}) from ${name} ${row})`);
  const isWide = `(${below ? `least(${below}, ${last!})` : last!} - ${from ? `greatest(${from}, ${first!})` : first!}) * 2 > ${last!} - ${first!}`;
  return `(case when ${isWide} then (${scope.tokens})${outside} else ${direct(wanted)} end)`;
}
