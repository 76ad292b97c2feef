import type { ListOrder } from './list-order.js';
import { matchSources, type Wanted } from './match-sources.js';
import { smallestFirstSql } from './smallest-first.sql.js';

/** A select over all matches: of an aggregate, of their `id`, or of the columns of an order that {@link hasAtHand}. */
export function matchesSql(wanted: Wanted, column: string): string {
  const sources = matchSources(wanted);
  const [only, ...others] = sources;
  return others.length > 0 ? smallestFirstSql(wanted, sources, column) : `select ${column} ${only!.from}`;
}

/** Whether {@link matchesSql} reads the columns of an order: those of a single table. */
export function hasAtHand(wanted: Wanted, { table }: ListOrder): boolean {
  const [only, ...others] = matchSources(wanted);
  return others.length === 0 && only!.table === wanted.tables[table];
}

/** Whether the matches are counted as they are found: to find them again, or otherwise, would cost more than to keep their ids. */
export function areCountedAsFound(wanted: Wanted): boolean {
  const { lookUps, windows } = wanted;
  const ofOneTable = new Set(windows.filter(({ rest }) => !rest).map(({ table }) => table)).size < 2;
  const isCountedOtherwise = lookUps.length === 0 && ofOneTable && windows.some(({ rest }) => rest);
  return !isCountedOtherwise && matchSources(wanted).length > 1;
}
