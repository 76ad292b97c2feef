import type pg from 'pg';
import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';
import { UNKNOWN_CUSTOMER } from './combinations.js';

/** The seed gives this customer the most tokens. */
export const LARGEST_CUSTOMER = 1;

const { tokenCount } = generationTables(1);

/** No customer, the largest one, one in the middle of all that have tokens, and one without tokens. */
export async function customersToAskFor(databaseUrl: string): Promise<(number | undefined)[]> {
  return [undefined, LARGEST_CUSTOMER, await withClient(databaseUrl, medianCustomer), UNKNOWN_CUSTOMER];
}

async function medianCustomer(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ customer: string }>(
    `select customer_id as customer from (
      select customer_id, row_number() over (order by sum(tokens), customer_id) as place, count(*) over () as customers
      from ${tokenCount} where customer_id <> $1 group by customer_id having sum(tokens) > 0
    ) ranked where place = (customers + 1) / 2`,
    [ALL_CUSTOMERS],
  );
  return Number(rows[0]!.customer);
}
