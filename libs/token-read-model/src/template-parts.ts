/** The owner of rows that belong to a token. */
export const OF_TOKEN = (column: string) => ({ of: 'token', column });

/**
 * Indexes in the order of some columns: within a facet, and within a customer's facet. `ordered` also has one over all tokens, for walks
 * far into it that read only the index; for the order of ids over all tokens the primary key serves.
 */
export const places = (table: string, key: string, columns: string) => [
  `create index ${table}_${key} on ${table} (facet, ${columns})`,
  `create index ${table}_customer_${key} on ${table} (customer_id, facet, ${columns})`,
];
export const ordered = (table: string, key: string, columns: string) => [
  `create index ${table}_all_${key} on ${table} (${columns}) include (facet)`,
  ...places(table, key, columns),
];
