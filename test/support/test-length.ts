/** With `npm run test:long`, what a test repeats it repeats more often, and large tables are larger. Both lengths run on real servers. */
export function shortOrLong<T>(short: T, long: T): T {
  return process.env['TEST_LENGTH'] === 'long' ? long : short;
}
