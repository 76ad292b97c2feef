import type { SortDirection, SortKey } from './sort-keys.js';

/** The place of a row in an order, which a page begins behind. The values are placeholders. */
export interface Start {
  /** Left out in the order of ids. */
  readonly key?: string;
  readonly id: string;
  /** Of the stretch that the row belongs to. */
  readonly rank: 0 | 1;
}

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

  /** Whether tokens that never expire are a stretch of their own. */
  get hasRanks(): boolean {
    return this.stretches.length > 1;
  }

  /** The stretches that hold rows behind a place, each with its range. */
  behind(start: Start): readonly Stretch[] {
    const first = this.stretches.findIndex(({ rank }) => rank === start.rank);
    return this.stretches
      .slice(first)
      .map((stretch) => (stretch.rank === start.rank ? this.beginningBehind(start, stretch) : stretch));
  }

  /** The end of a range at which a page begins is where its first row is looked up, so it takes the place of a wider one. */
  private beginningBehind(start: Start, { range, rank }: Stretch): Stretch {
    return this.direction === 'asc'
      ? { range: { ...range, from: undefined, behind: start }, rank }
      : { range: { ...range, below: undefined, before: start }, rank };
  }

  /** A condition on rows as walks return them: they come behind a place. */
  isBehind(rows: string, { key, id, rank }: Start): string {
    const operator = this.direction === 'asc' ? '>' : '<';
    const within =
      key === undefined ? `${rows}.id ${operator} ${id}` : `(${rows}.sort_key, ${rows}.id) ${operator} (${key}, ${id})`;
    if (!this.hasRanks) return within;
    return `(${rows}.rank ${this.isFromTheEnd ? '<' : '>'} ${rank} or (${rows}.rank = ${rank} and ${within}))`;
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
    const rank = this.hasRanks ? `, (${row}.${this.column} = 'infinity')::integer as rank` : '';
    return `${row}.id${this.sortKey(row)}${rank}`;
  }

  /** An `order by` over rows as walks return them. */
  orderBy(rows: string): string {
    const ranks = this.hasRanks ? `${rows}.rank ${this.isFromTheEnd ? 'desc' : 'asc'}, ` : '';
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

/** A range of values of a sort column, or of places in its order. Its ends are SQL expressions. */
export interface KeyRange {
  /** The first value in the range; left out where there is no lower end. */
  readonly from?: string | undefined;
  /** The first value above the range; left out where there is no upper end. */
  readonly below?: string | undefined;
  /** In place of `from`: the place that all rows of the range come after. */
  readonly behind?: Start;
  /** In place of `below`: the place that all rows of the range come before. */
  readonly before?: Start;
}

/** What of a stretch is within a window. A place at which a page begins is within it already, so it stays the end of the range. */
export function narrowed(stretch: KeyRange, window: KeyRange): KeyRange {
  return {
    ...stretch,
    ...(stretch.behind ? {} : { from: stretch.from ?? window.from }),
    ...(stretch.before ? {} : { below: window.below ?? stretch.below }),
  };
}

/** A range as conditions on a row. */
export function inRange(row: string, column: string, { from, below, behind, before }: KeyRange): string[] {
  const compare = (operator: string, { key, id }: Start) =>
    key === undefined ? `${row}.id ${operator} ${id}` : `(${row}.${column}, ${row}.id) ${operator} (${key}, ${id})`;
  return [
    ...(behind ? [compare('>', behind)] : from === undefined ? [] : [`${row}.${column} >= ${from}`]),
    ...(before ? [compare('<', before)] : below === undefined ? [] : [`${row}.${column} < ${below}`]),
  ];
}

/**
 * Conditions on a row: a range of a `timestamptz` column within the place of a customer. They are written as a range of whole index keys,
 * because then PostgreSQL can only use the index with that column after the place. PostgreSQL expects a row or two in every place; with
 * `customer_id = … and facet = …` it may read the whole place by a smaller index, and sort it.
 */
export function inPlace(row: string, column: string, range: KeyRange): string[] {
  const { from = `'-infinity'`, below, behind, before } = range;
  const columns = `${row}.customer_id, ${row}.facet, ${row}.${column}`;
  const place = 'place.customer_id, place.facet';
  const compare = (operator: string, { key, id }: Start) =>
    `(${columns}, ${row}.id) ${operator} (${place}, ${key!}, ${id})`;
  const upper = below === undefined ? `(${columns}) <= (${place}, 'infinity')` : `(${columns}) < (${place}, ${below})`;
  return [behind ? compare('>', behind) : `(${columns}) >= (${place}, ${from})`, before ? compare('<', before) : upper];
}
