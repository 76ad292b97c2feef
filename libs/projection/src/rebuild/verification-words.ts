import type { Difference, JobKind } from '../job.js';
import type { Projection } from '../projection.js';

const NAMED = 3;

/** The result of a verification without a repair. @param at the position, in words */
export function findingsInWords(differences: readonly Difference[], at: string): string {
  const untold = differences.filter(({ isUntold }) => isUntold);
  const found = `${counted(differences.length, 'difference')} ${at}`;
  return untold.length === 0 ? found : `${found}; ${ofNoEvent(untold)}`;
}

/**
 * The result of a repair that left only rows that no event mentions.
 * @param found the number of differences before the repair
 * @param left the differences that remain
 * @param archive the stream that was read first
 * @param tool the operators' command
 */
export function repairInWords(
  found: number,
  left: readonly Difference[],
  archive: string | null,
  tool: string,
): string {
  const untold = left.filter(({ isUntold }) => isUntold);
  const repaired = `repaired ${counted(Math.max(0, found - left.length), 'difference')}`;
  if (untold.length === 0) return repaired;
  const command = `${tool} verify --repair${archive === null ? '' : ` --stream ${archive}`} --remove-untold ${untold.length}`;
  return `${repaired}; ${ofNoEvent(untold)}, left as ${untold.length === 1 ? 'it is' : 'they are'} (${counted(left.length, 'difference')}); to remove: ${command}`;
}

export function notSoMany(found: number, expected: number): string {
  return `${counted(found, 'row')} ${found === 1 ? 'has' : 'have'} no event among those that were read, not ${expected}: this attempt changed nothing`;
}

/**
 * Why a switch is refused that nothing else would notice, in a roll-back or after the proof of a rebuild.
 * @param rows the number of rows by table that the live generation alone has, or has in a newer version
 */
export function olderInWords(
  {
    projection: { words },
    generation,
  }: { readonly projection: Pick<Projection, 'words'>; readonly generation: number },
  kind: JobKind,
  rows: ReadonlyMap<string, number>,
): string {
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...rows].map(([table, count]) => `${table}: ${count}`).join(', ');
  const [refused, instead] =
    kind === 'rollback'
      ? ['not gone back', `Rebuild instead (${words.tool} rebuild), or send the roll-back again`]
      : ['not switched', 'Rebuild again with an archive that holds them (--stream), or send the rebuild again'];
  return `${refused}: ${counted(all, 'row')} of generation ${generation} would be older than in the live one, or missing (${kinds}), because the stream no longer holds the events that made them. ${instead} with acceptDifferences (--accept-differences) if you want that`;
}

function ofNoEvent(untold: readonly Difference[]): string {
  const named = untold.slice(0, NAMED).map(({ table, key }) => `${table} ${key}`);
  const rows = [...named, ...(untold.length > NAMED ? ['...'] : [])].join(', ');
  return `${counted(untold.length, 'row')} ${untold.length === 1 ? 'has' : 'have'} no event among those that were read (${rows})`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
