import type { Cell, Spread } from './report.js';

/** A cell in readable form: "8,353 (8,100..8,500)". */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' ? numberText(cell) : spreadText(cell);
}

function spreadText({ median, min, max }: Spread): string {
  return `${numberText(median)} (${numberText(min)}..${numberText(max)})`;
}

/** About three significant digits. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'failed';
  const size = Math.abs(value);
  const maximumFractionDigits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString('en', { maximumFractionDigits });
}
