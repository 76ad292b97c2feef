import type { SortDirection, SortKey } from './list-tokens.request.js';

/** A stretch of an index that is already in the wanted order; ranks put the stretches one after the other. */
export interface Stretch {
  readonly range: KeyRange;
  readonly rank: 0 | 1;
}

const COLUMNS = {
  id: 'id',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  validFrom: 'valid_from',
  expiresAt: 'expires_at',
} as const satisfies Record<SortKey, string>;

const REVERSE = { asc: 'desc', desc: 'asc' } as const;

/** The order of a list, or the same order read from its end. Tokens that never expire come last in both directions. */
export class ListOrder {
  readonly column: (typeof COLUMNS)[SortKey];
  /** In reading order. */
  readonly stretches: readonly Stretch[];

  constructor(
    private readonly by: SortKey,
    readonly direction: SortDirection,
    private readonly isFromTheEnd = false,
  ) {
    this.column = COLUMNS[by];
    // If 'infinity' does not come last in the index, the tokens that never expire are a separate stretch.
    const neverExpiresIsApart = by === 'expiresAt' && (direction === 'desc') !== isFromTheEnd;
    const stretches: Stretch[] = neverExpiresIsApart
      ? [
          { range: { below: `'infinity'` }, rank: 0 },
          { range: { from: `'infinity'` }, rank: 1 },
        ]
      : [{ range: {}, rank: 0 }];
    this.stretches = isFromTheEnd ? stretches.reverse() : stretches;
  }

  /** The table whose indexes have this order. */
  get table(): 'token' | 'tokenUpdated' {
    return this.by === 'updatedAt' ? 'tokenUpdated' : 'token';
  }

  get fromTheEnd(): ListOrder {
    return new ListOrder(this.by, REVERSE[this.direction], !this.isFromTheEnd);
  }

  /** The sort column as walks return it; they return `id`, which ends every order, in any case. */
  sortKey(row: string): string {
    return this.column === 'id' ? '' : `, ${row}.${this.column} as sort_key`;
  }

  /** The columns that walks return, of a row of {@link table} that may belong to any stretch. */
  rowOf(row: string): string {
    const rank = this.stretches.length > 1 ? `, (${row}.${this.column} = 'infinity')::integer as rank` : '';
    return `${row}.id${this.sortKey(row)}${rank}`;
  }

  /** An `order by` over rows as walks return them. */
  orderBy(rows: string): string {
    const ranks = this.stretches.length > 1 ? `${rows}.rank ${this.isFromTheEnd ? 'desc' : 'asc'}, ` : '';
    return `${ranks}${this.withinStretch(rows, 'sort_key')}`;
  }

  /** An `order by` over rows of {@link table}. @param before columns of an index that come before the order's own */
  orderRows(rows: string, before: readonly string[] = []): string {
    const first = before.map((column) => `${rows}.${column} ${this.direction}, `);
    return first.join('') + this.withinStretch(rows, this.column);
  }

  private withinStretch(rows: string, key: string): string {
    const { column, direction } = this;
    return `${column === 'id' ? '' : `${rows}.${key} ${direction}, `}${rows}.id ${direction}`;
  }
}

/** A range of values of a sort column. Its ends are SQL expressions. */
export interface KeyRange {
  /** The first value in the range; left out where there is no lower end. */
  readonly from?: string;
  /** The first value above the range; left out where there is no upper end. */
  readonly below?: string;
}

/** A range as conditions on a row. */
export function inRange(row: string, column: string, { from, below }: KeyRange): string[] {
  return [
    ...(from === undefined ? [] : [`${row}.${column} >= ${from}`]),
    ...(below === undefined ? [] : [`${row}.${column} < ${below}`]),
  ];
}

/**
 * Conditions on a row: a range of a `timestamptz` column within the place of a customer. They are written as a range of whole index keys,
 * because then PostgreSQL can only use the index with that column after the place. PostgreSQL expects a row or two in every place; with
 * `customer_id = … and facet = …` it may read the whole place by a smaller index, and sort it.
 */
export function inPlace(row: string, column: string, { from = `'-infinity'`, below }: KeyRange): string[] {
  const key = `(${row}.customer_id, ${row}.facet, ${row}.${column})`;
  const of = (value: string) => `(place.customer_id, place.facet, ${value})`;
  return [`${key} >= ${of(from)}`, below === undefined ? `${key} <= ${of(`'infinity'`)}` : `${key} < ${of(below)}`];
}
