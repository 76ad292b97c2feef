import type { GenerationTables } from '#read-model/generation-tables.js';
import type { SortDirection, SortKey } from './list-tokens.request.js';

/** A stretch of an index that holds the wanted order by itself; ranks put stretches one after the other. */
interface Range {
  readonly condition: string;
  readonly rank: 0 | 1;
}

export interface SortColumn {
  /** Which table's indexes carry the order. */
  readonly table: keyof Pick<GenerationTables, 'token' | 'tokenUpdated'>;
  readonly order: string;
  /** An expression to order by first. */
  readonly nullsLast?: string;
  readonly ranges: (direction: SortDirection) => readonly Range[];
}

const WHOLE: readonly Range[] = [{ condition: '', rank: 0 }];

const NEVER_EXPIRES_LAST: readonly Range[] = [
  { condition: ` and t.expires_at < 'infinity'`, rank: 0 },
  { condition: ` and t.expires_at = 'infinity'`, rank: 1 },
];

export const SORT_COLUMNS: Readonly<Record<SortKey, SortColumn>> = {
  id: { table: 'token', order: 't.id', ranges: () => WHOLE },
  createdAt: { table: 'token', order: 't.created_at', ranges: () => WHOLE },
  updatedAt: { table: 'tokenUpdated', order: 't.updated_at', ranges: () => WHOLE },
  validFrom: { table: 'token', order: 't.valid_from', ranges: () => WHOLE },
  expiresAt: {
    table: 'token',
    order: 't.expires_at',
    // Ascending, 'infinity' comes last by itself; descending it would come first.
    nullsLast: `t.expires_at = 'infinity'`,
    ranges: (direction) => (direction === 'asc' ? WHOLE : NEVER_EXPIRES_LAST),
  },
};
