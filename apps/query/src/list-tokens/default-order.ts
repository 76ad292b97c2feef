import type { SortDirection, SortKey } from './sort-keys.js';

/** Times that make a list a list of changes: a caller who filters by one wants to read forward from it. */
const TIMES_OF_CHANGE = ['updatedAt', 'createdAt'] as const;

/** What the default order depends on. */
type Given = { readonly [End in `${(typeof TIMES_OF_CHANGE)[number]}${'From' | 'To'}`]?: unknown } & {
  readonly sortBy?: SortKey;
};

/** The order of a list as far as the caller does not name it: the newest ids first, but changes in the order of their time. */
export function defaultOrder(given: Given): { readonly sortBy: SortKey; readonly sortDirection: SortDirection } {
  const times: SortKey[] = TIMES_OF_CHANGE.filter((time) => `${time}From` in given || `${time}To` in given);
  const { sortBy = times[0] ?? 'id' } = given;
  return { sortBy, sortDirection: times.includes(sortBy) ? 'asc' : 'desc' };
}
