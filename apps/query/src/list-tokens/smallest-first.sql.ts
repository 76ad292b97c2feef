import { byKey } from './by-key.sql.js';
import type { MatchSource, Wanted } from './match-sources.js';

/** A source with at most this share of all tokens is small: it is read first, and each of its tokens is looked up in the others. */
const SMALL_SHARE = 1 / 8;
/** A source with no more rows is small in any case, and to look them up costs no more than a look at the size of the others. */
const VERY_SMALL = 1_000;
/** To read all texts costs less than to look up more than this share of what is small. */
const SCAN_SHARE = 1 / 2;

/**
 * A select over the tokens that have a row in each of several sources. The statement itself finds out which source is the smallest, and
 * begins with that: PostgreSQL expects hardly any rows where they are newer than its statistics, and would then read thousands of rows for
 * each of thousands. If no source is small, each is read once.
 */
export function smallestFirstSql(wanted: Wanted, sources: readonly MatchSource[], column: string): string {
  const few = sources.find(({ size }) => size === 'few');
  if (few) return `select ${column} from (${readFirstSql(few, sources)}) matching`;
  const of = (size: MatchSource['size']) => sources.filter((source) => source.size === size);
  const candidates = [...of('counted'), ...of('found'), ...of('scanned')];
  if (candidates.length === 0) return `select ${column} from (${readOnceSql(sources)}) matching`;
  const ways = candidates.map((first) => readFirstSql(first, sources, isFirst(first.row)));
  return `select ${column} from (
with ${[...sizesSql(wanted, candidates), smallestSql(candidates)].join(',\n')}
(${[...ways, readOnceSql(sources, isFirst('none'))].join(')\nunion all\n(')})
) matching`;
}

function rowsSql({ row, id, from }: MatchSource): string {
  return `select ${row}.${id} as id ${from}`;
}

/** Common table expressions: of each candidate how many rows it has, up to the number of those before; null if that is not looked at. */
function sizesSql({ scope }: Wanted, candidates: readonly MatchSource[]): string[] {
  const sizes = candidates.flatMap((candidate, i) => {
    const { row, size } = candidate;
    if (size === 'counted') return [`size_${row} as materialized (${scope.tokens})`];
    const smallest = `least(${['(select most from small)', ...candidates.slice(0, i).map(sizeOf)].join(', ')})`;
    const ids = isKept(candidate) ? `select from of_${row}` : rowsSql(candidate);
    const count = `count(*) as tokens from (${ids} limit ${smallest} + 1) ids`;
    const isWorthALook = `${smallest} > (select most * ${SCAN_SHARE} from small)`;
    const sized = size === 'found' ? count : `case when ${isWorthALook} then (select ${count}) end as tokens`;
    return [
      ...(isKept(candidate) ? [`of_${row} as materialized (${rowsSql(candidate)})`] : []),
      `size_${row} as materialized (select ${sized})`,
    ];
  });
  const small = `greatest(${VERY_SMALL}, (${scope.allTokens}) * ${SMALL_SHARE})::bigint`;
  return [`small as materialized (select ${small} as most)`, ...sizes];
}

/** To find texts again would cost more than to keep the ids of their tokens. PostgreSQL reads no more of them than are looked at. */
function isKept({ row }: MatchSource): boolean {
  return row === 's';
}

/** A common table expression: the source to begin with. */
function smallestSql(candidates: readonly MatchSource[]): string {
  const least = `least(${candidates.map(sizeOf).join(', ')})`;
  const cases = [
    ...candidates.slice(0, -1).map((one) => `when ${sizeOf(one)} <= ${VERY_SMALL} then '${one.row}'`),
    `when ${least} > (select most from small) then 'none'`,
    ...candidates.map((one) => `when ${sizeOf(one)} = ${least} then '${one.row}'`),
  ];
  return `smallest as materialized (select case ${cases.join(' ')} end as source)`;
}

function sizeOf({ row }: MatchSource): string {
  return `(select tokens from size_${row})`;
}

function isFirst(source: string): string {
  return `(select source = '${source}' from smallest)`;
}

/** Reads one source and looks up the rows of the others by their keys. */
function readFirstSql(first: MatchSource, sources: readonly MatchSource[], ...gates: string[]): string {
  const others = sources.filter((source) => source !== first);
  // A token has one row in each but the memberships, of which the conditions find one.
  const joins = others.map(({ row, table, id, conditions }) =>
    byKey(table, row, [`${row}.${id} = ids.id`, ...(row === 'm' ? conditions : [])].join(' and ')),
  );
  const checks = others.flatMap(({ row, conditions }) => (row === 'm' ? [] : conditions));
  const where = [...gates, ...checks];
  const ids = isKept(first) ? `of_${first.row}` : `(${rowsSql(first)} offset 0)`;
  return `select ids.id from ${ids} ids${joins.join('')}${where.length > 0 ? ` where ${where.join(' and ')}` : ''}`;
}

/** A full join is never a loop within a loop; `offset 0` keeps it full. */
function readOnceSql(sources: readonly MatchSource[], ...gates: string[]): string {
  const [first, ...others] = sources;
  const joins = others.map(({ row, allIds }) => ` full join (${allIds}) ${row} on ${row}.id = ${first!.row}.id`);
  const columns = sources.map(({ row }) => `${row}.id as ${row}`).join(', ');
  const inAll = sources.map(({ row }) => `once.${row} is not null`);
  return `select once.${first!.row} as id from (select ${columns} from (${first!.allIds}) ${first!.row}${joins.join('')} offset 0) once where ${[...gates, ...inAll].join(' and ')}`;
}
