import { faultOfTheData } from './fault-of-the-data.js';

/**
 * Applies items together. If their data forbid that, halves the list until only the faulty items are left.
 * @param faulty the result for a faulty item
 * @returns the results of all parts, in order
 * @throws the errors of `apply` except faults of the data
 */
export async function untilFaulty<Item, Result>(
  items: readonly Item[],
  apply: (items: readonly Item[]) => Promise<Result>,
  faulty: (item: Item, reason: string) => Result,
): Promise<Result[]> {
  try {
    return [await apply(items)];
  } catch (error) {
    const reason = faultOfTheData(error);
    if (reason === undefined) throw error;
    if (items.length === 1) return [faulty(items[0]!, reason)];
  }
  const half = items.length >> 1;
  const first = await untilFaulty(items.slice(0, half), apply, faulty);
  return [...first, ...(await untilFaulty(items.slice(half), apply, faulty))];
}
