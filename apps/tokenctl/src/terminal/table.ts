import { dim } from './style.js';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'right';
}

/** Aligned columns under their titles. The cells must be plain texts of one line. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => pad(cell, widths[i]!, columns[i]!)).join('  ');
  const titles = line(columns.map(({ title }) => title));
  return [dim(titles.trimEnd()), ...rows.map((row) => line(row).trimEnd())].join('\n');
}

function pad(cell: string, width: number, { align }: TableColumn): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
}
