/** Values of a sort column, its ends as SQL expressions. */
export interface KeyRange {
  /** The first value that belongs to it; left out where there is no lower end. */
  readonly from?: string;
  /** The first value above that no longer belongs to it; left out where there is no upper end. */
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
 * A range of a `timestamptz` column within the place of a customer, as conditions on a row. Spelt as a range of whole index keys,
 * because then only the index with that column behind the place can answer it. PostgreSQL takes a customer's facet for a row or two,
 * whoever the customer is; with `customer_id = … and facet = …` it may read the place whole by a smaller index, and sort it.
 */
export function inPlace(row: string, column: string, { from = `'-infinity'`, below }: KeyRange): string[] {
  const key = `(${row}.customer_id, ${row}.facet, ${row}.${column})`;
  const of = (value: string) => `(place.customer_id, place.facet, ${value})`;
  return [`${key} >= ${of(from)}`, below === undefined ? `${key} <= ${of(`'infinity'`)}` : `${key} < ${of(below)}`];
}
