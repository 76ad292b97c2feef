import type { Values } from '../reading/values.js';
import { inRange, type KeyRange } from './key-range.js';
import type { ListTokensRequest } from './list-tokens.request.js';

export interface DateFilter {
  readonly column: 'valid_from' | 'expires_at';
  /** Placeholder of the instant. */
  readonly value: string;
  readonly range: KeyRange;
}

export function dateFilters({ validFrom, expiresFrom }: ListTokensRequest, values: Values): DateFilter[] {
  const filters: DateFilter[] = [];
  if (validFrom !== undefined) {
    const value = `${values.bind(validFrom)}::timestamptz`;
    filters.push({ column: 'valid_from', value, range: { from: value } });
  }
  if (expiresFrom !== undefined) {
    const value = `${values.bind(expiresFrom)}::timestamptz`;
    filters.push({ column: 'expires_at', value, range: { from: value, below: `'infinity'` } });
  }
  return filters;
}

/** The filters as conditions on a row. */
export function onDates(row: string, filters: readonly DateFilter[]): string[] {
  return filters.flatMap(({ column, range }) => inRange(row, column, range));
}
