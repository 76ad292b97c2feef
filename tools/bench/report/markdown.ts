import { cellText } from './cells.js';
import type { Report, Table } from './report.js';

/** A report as a section of a page. */
export function markdownText({ name, title, method, tables, notes }: Report, circumstances: readonly string[]): string {
  return [
    `## ${name}: ${title}`,
    method,
    circumstances.map((line) => `- ${line}`).join('\n'),
    ...tables.map(tableText),
    notes.map((note) => `- ${note}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function tableText({ title, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `| ${columns.map((_, column) => (column === 0 ? '---' : '---:')).join(' | ')} |`;
  return [`**${title}**\n`, line(columns), rule, ...rows.map((row) => line(row.map(cellText)))].join('\n');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
