export const SORT_KEYS = ['id', 'createdAt', 'updatedAt', 'validFrom', 'expiresAt'] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export const SORT_DIRECTIONS = ['asc', 'desc'] as const;
export type SortDirection = (typeof SORT_DIRECTIONS)[number];
