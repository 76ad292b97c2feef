import { ratio, spread } from '../measure/statistics.js';
import { numberText } from '../report/cells.js';
import type { Cell, Report } from '../report/report.js';
import { hasPsql } from './copy.js';
import type { Download } from './downloads.js';

const NAMES = {
  ndjson: 'NDJSON',
  gzip: 'NDJSON, gzip',
  csv: 'CSV',
  sorted: 'NDJSON by updatedAt',
  pages: 'pages of 1,000, by cursor',
  copy: 'psql \\copy',
} as const;

export type ExportRounds = Readonly<Record<keyof typeof NAMES, readonly Download[]>>;

/** @param memory the most of the query app, in MB, before and after all rounds */
export function exportReport(tokens: number, rounds: ExportRounds, memory: { before: number; after: number }): Report {
  const rates = (of: readonly Download[]) => of.map(({ seconds }) => tokens / seconds);
  const row = (kind: keyof typeof NAMES): Cell[] => [
    NAMES[kind],
    spread(rounds[kind].map(({ seconds }) => seconds)),
    spread(rates(rounds[kind])),
    Number.isNaN(rounds[kind][0]!.bytes) ? '' : rounds[kind][0]!.bytes / 1_048_576,
    kind === 'copy' ? '' : ratio(rates(rounds[kind]), rates(rounds.copy)),
  ];
  const shown = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((kind) => kind !== 'copy' || hasPsql());
  return {
    name: 'export',
    title: 'a whole list in one answer',
    method: `All ${numberText(tokens)} tokens, by id unless said otherwise, to a reader that keeps nothing; ${rounds.ndjson.length} rounds in turn: median (min..max).`,
    tables: [
      {
        title: 'One reader',
        columns: ['export', 'seconds', 'tokens per second', 'MB', 'rate / psql'],
        rows: shown.map(row),
      },
    ],
    notes: [
      'psql \\copy: the stored documents in the same order, written to /dev/null; no HTTP, no JWT, no count',
      `peak memory of the query app (RSS): ${numberText(memory.before)} MB before, ${numberText(memory.after)} MB after all exports`,
    ],
    charts: [
      {
        title: 'Tokens per second of a whole list',
        bars: shown.map((kind) => ({ label: NAMES[kind], isOurs: kind !== 'copy', ...spread(rates(rounds[kind])) })),
      },
    ],
  };
}
