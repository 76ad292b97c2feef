import type { Values } from '../reading/values.js';
import type { ListTokensRequest } from './list-tokens.request.js';

export interface DateFilter {
  readonly column: 'valid_from' | 'expires_at';
  /** Placeholder of the instant. */
  readonly value: string;
  readonly condition: (row: string) => string;
}

export function dateFilters({ validFrom, expiresFrom }: ListTokensRequest, values: Values): DateFilter[] {
  const filters: DateFilter[] = [];
  if (validFrom !== undefined) {
    const value = `${values.bind(validFrom)}::timestamptz`;
    filters.push({ column: 'valid_from', value, condition: (row) => `${row}.valid_from >= ${value}` });
  }
  if (expiresFrom !== undefined) {
    const value = `${values.bind(expiresFrom)}::timestamptz`;
    const condition = (row: string) => `${row}.expires_at >= ${value} and ${row}.expires_at < 'infinity'`;
    filters.push({ column: 'expires_at', value, condition });
  }
  return filters;
}
