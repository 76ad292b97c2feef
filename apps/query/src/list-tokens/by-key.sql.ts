/**
 * A join that looks up the row of each token by its key. Without `offset 0` PostgreSQL may begin with the other conditions where it expects
 * few rows of them, and then reads all of these for every token.
 */
export function byKey(table: string, row: string, where: string): string {
  return ` cross join lateral (select * from ${table} ${row} where ${where} offset 0) ${row}`;
}
