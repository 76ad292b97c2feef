import type { ClientBase } from 'pg';
import { ALL_CUSTOMERS } from '#read-model/count-table.js';
import type { GenerationTables } from '#read-model/generation-tables.js';

/** What the counts must say, beside what they say, where that is not the same. */
const wrongCountsSql = ({ token, tokenCount }: GenerationTables) =>
  `select customer_id, facet, coalesce(counted.tokens, 0) as tokens from (
    select coalesce(customer_id, ${ALL_CUSTOMERS}) as customer_id, facet, count(*) as tokens
    from ${token} group by grouping sets ((customer_id, facet), (facet))
  ) counted full join ${tokenCount} kept using (customer_id, facet)
  where coalesce(counted.tokens, 0) <> coalesce(kept.tokens, 0)`;

/** How many counts of a generation are not those of its rows. */
export async function wrongCounts(client: ClientBase, tables: GenerationTables): Promise<number> {
  const { rows } = await client.query<{ wrong: string }>(
    `select count(*) as wrong from (${wrongCountsSql(tables)}) wrong`,
  );
  return Number(rows[0]!.wrong);
}

/** Makes the counts of a generation those of the rows that are there. */
export async function correctCounts(client: ClientBase, tables: GenerationTables): Promise<void> {
  await client.query(`insert into ${tables.tokenCount} (customer_id, facet, tokens) ${wrongCountsSql(tables)}
    on conflict (customer_id, facet) do update set tokens = excluded.tokens`);
}
