import fc from 'fast-check';

/**
 * Draws some of the fields each time, a few more often than many: filters that are all given at once find nothing at all, and so
 * show nothing.
 */
export function someOf<T extends object>(fields: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<
  Partial<T>
> {
  const names = Object.keys(fields) as (keyof T)[];
  const chosen = fc.oneof(
    { weight: 6, arbitrary: fc.subarray(names, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.subarray(names) },
  );
  return chosen.chain(
    (some) =>
      fc.record(Object.fromEntries(some.map((name) => [name, fields[name]])) as typeof fields) as fc.Arbitrary<
        Partial<T>
      >,
  );
}
