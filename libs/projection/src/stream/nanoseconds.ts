/*
 * The server knows to the nanosecond when it stored a message. A JavaScript number holds such a time in steps of 256 ns, so it is kept as a
 * bigint: only then a delivered message and the same message fetched again have the same time.
 */

const FRACTION = /\.(\d+)/;

/** Nanoseconds since 1970. @param text RFC 3339, with any number of digits after the second, as servers write it */
export function nanosecondsOf(text: string): bigint {
  const fraction = FRACTION.exec(text)?.[1] ?? '';
  const seconds = Date.parse(text.replace(FRACTION, '')) / 1_000;
  if (Number.isNaN(seconds)) throw new Error(`the server gave "${text.slice(0, 50)}" where a time was expected`);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** Whole milliseconds since 1970, rounded down exactly. */
export function millisecondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}
