import { isFaultOfTheData } from '#service-runtime/postgres/postgres-errors.js';

/**
 * Applies items together. If PostgreSQL refuses them for their data, halves the list until only the faulty items are left.
 * @param faulty the result for a faulty item
 * @returns the results of all parts, in order
 * @throws the errors of `apply` except faults of the data
 */
export async function untilFaulty<Item, Result>(
  items: readonly Item[],
  apply: (items: readonly Item[]) => Promise<Result>,
  faulty: (item: Item, error: Error) => Result,
): Promise<Result[]> {
  try {
    return [await apply(items)];
  } catch (error) {
    if (!isFaultOfTheData(error)) throw error;
    if (items.length === 1) return [faulty(items[0]!, error as Error)];
  }
  const half = items.length >> 1;
  const first = await untilFaulty(items.slice(0, half), apply, faulty);
  return [...first, ...(await untilFaulty(items.slice(half), apply, faulty))];
}
