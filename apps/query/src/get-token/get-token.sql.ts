import type { GenerationTables } from '#read-model/generation-tables.js';
import type { ReadStatement } from '../reading/read-model-reader.js';
import { snapshotSql } from '../reading/snapshot.sql.js';

/** @param customers whose token it may be, null for anybody's */
export function getTokenSql(tables: GenerationTables, id: number, customers: readonly number[] | null): ReadStatement {
  const page = `select t.document from ${tables.token} t where t.id = $1 and ($2::bigint[] is null or t.customer_id = any($2))`;
  return { name: `get_${tables.token}`, text: snapshotSql(tables, { count: 'null', page }), values: [id, customers] };
}
