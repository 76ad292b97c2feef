import { cellText } from './cells.js';
import type { Report, Table } from './report.js';

/** A report in the form for a terminal. */
export function terminalText({ name, title, method, tables, notes }: Report): string {
  const head = `\n=== ${name}: ${title} ${'='.repeat(Math.max(3, 90 - name.length - title.length))}\n${method}`;
  return [head, ...tables.map(tableText), ...notes.map((note) => `* ${note}`)].join('\n');
}

function tableText({ title, columns, rows }: Table): string {
  const lines = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const shown = lines.map((line) =>
    line
      .map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
      .join('   ')
      .trimEnd(),
  );
  return `\n${title}\n${shown[0]}\n${'-'.repeat(shown[0]!.length)}\n${shown.slice(1).join('\n')}\n`;
}
