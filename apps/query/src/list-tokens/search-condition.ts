import { searchTerm } from '#read-model/search-text.js';
import type { Values } from '../reading/values.js';

/** A search as a condition on a row `s` of the search table. */
export function searchCondition(search: string, values: Values): string {
  const term = searchTerm(search);
  if (!term) return 'false';
  const spellings = term.patterns.map((pattern) => `s.text like ${values.bind(pattern)}`);
  const id = term.id === undefined ? [] : [`s.id = ${values.bind(term.id)}::bigint`];
  return `(${[...spellings, ...id].join(' or ')})`;
}
