import { harmless } from '#service-runtime/log-texts.js';
import { counted, count } from '../terminal/spelling.js';
import { bad, good } from '../terminal/style.js';
import { table } from '../terminal/table.js';

export interface Refused {
  readonly id: string;
  readonly reason: string;
}

const SHOWN = 20;

/** @param done what happened to the letters that were not refused: `Replayed` */
export function outcomeText(done: string, number: number, refused: readonly Refused[]): string {
  const summary = `${done} ${counted(number, 'dead letter')}`;
  if (refused.length === 0) return good(`${summary}.`);
  const rows = refused.slice(0, SHOWN).map(({ id, reason }) => [id, harmless(reason)]);
  const more = refused.length - rows.length;
  return [
    `${summary}, ${bad(`refused ${count(refused.length)}`)}:`,
    table([{ title: 'id', align: 'right' }, { title: 'reason' }], rows),
    ...(more > 0 ? [`... and ${count(more)} more`] : []),
  ].join('\n');
}
