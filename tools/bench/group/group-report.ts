import { quantile, spread } from '../measure/statistics.js';
import { numberText } from '../report/cells.js';
import type { Cell, Report } from '../report/report.js';
import { ADDITIONS, TOKENS_PER_EVENT } from './heavy-events.js';
import { EVERY_MS, type LoneFigures } from './lone-events.js';
import type { FloorSeconds } from './update-floor.js';

export interface GroupFigures {
  readonly quiet: LoneFigures;
  readonly additions: LoneFigures;
  readonly deletion: LoneFigures;
  readonly floor: FloorSeconds;
}

export function groupReport(
  tokens: number,
  { quiet, additions, deletion, floor }: GroupFigures,
  peakRssMb: number,
): Report {
  const added = `${ADDITIONS} times ${numberText(TOKENS_PER_EVENT)} tokens added`;
  return {
    name: 'group',
    title: 'a large group is deleted, and many tokens are added to groups',
    method:
      `${numberText(tokens)} tokens, all of them members of one group; the first 10,000 are made and added by events, the others are copies inside the tables. The deletion of the group is one event; ${ADDITIONS} events add ` +
      `${numberText(TOKENS_PER_EVENT)} tokens each to other groups. Meanwhile a lone event about another token is published every ${EVERY_MS} ms.`,
    tables: [
      {
        title: 'Until the answers claim it: X-Read-Position at its sequence',
        columns: ['', 'seconds', 'rows per second', 'processor s', 'longest transaction ms', 'longest stand-still ms'],
        rows: [
          workRow(added, ADDITIONS * TOKENS_PER_EVENT, additions),
          workRow(`a group of ${numberText(tokens)} deleted`, tokens, deletion),
          ['floor: one plain update of token', floor.token, tokens / floor.token, '', '', ''],
          ['floor: and one of token_updated', floor.both, tokens / floor.both, '', '', ''],
          ['deletion / floor', deletion.seconds / floor.both, '', '', '', ''],
        ],
      },
      {
        title: 'Lone events meanwhile, milliseconds from their publish: median (min..max)',
        columns: ['while', 'lone events', 'until committed', 'p99', 'until in the list', 'p99'],
        rows: [
          loneRow('nothing else happens', quiet),
          loneRow(added, additions),
          loneRow('the group is deleted', deletion),
        ],
      },
    ],
    notes: [
      'floor: as many rows of the same tables, the same columns, one statement a table and one transaction, afterwards and with nothing else going on; ' +
        'no memberships to be read, nothing computed',
      'processor s: of the projector and of the server process that it writes by, lone events included',
      'longest transaction: as pg_stat_activity shows those of the projector, looked at every few milliseconds',
      'longest stand-still: the longest time in which an event waited and no further event was committed',
      'events are applied in the order of the stream: a lone event behind many others waits until they are applied, and does not wait for a deletion',
      `peak memory of the projector: ${numberText(peakRssMb)} MB (RSS)`,
    ],
    charts: [],
  };
}

function workRow(
  name: string,
  rows: number,
  { seconds, cpuSeconds, longestTransaction, withLivePaused }: LoneFigures,
): Cell[] {
  return [name, seconds, rows / seconds, cpuSeconds, longestTransaction, withLivePaused];
}

function loneRow(name: string, { committed, listed }: LoneFigures): Cell[] {
  return [
    name,
    numberText(committed.length),
    spread(committed),
    quantile(committed, 0.99),
    spread(listed),
    quantile(listed, 0.99),
  ];
}
