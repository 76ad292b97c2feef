import type { GenerationTables } from '#token-read-model/generation-tables.js';
import type { SnapshotParts } from '../reading/snapshot.sql.js';

/** @param customers to whom the token may belong; null: to any customer */
export function getTokenParts(
  tables: GenerationTables,
  id: number,
  customers: readonly number[] | null,
): SnapshotParts {
  const page = `select t.document from ${tables.token} t where t.id = $1 and ($2::bigint[] is null or t.customer_id = any($2))`;
  // The first row must always have the same number of words; a count of null would leave one out.
  return { name: `get_${tables.token}`, values: [id, customers], count: '1', page };
}
