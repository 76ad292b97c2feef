import { signToken } from '../../../test/support/jwt.js';
import { withClient } from '../../../test/support/with-client.js';
import type { FilledReadModel } from '../place/filled-read-model.js';

const CUSTOMERS_OF_A_CALLER = 2;
/** Two of them fill the largest page. The largest customers would see most of the events. */
const USUAL_TOKENS = 250;

/** JWTs of callers who may each see two customers of a usual size. */
export async function jwtsOfUsualCallers({ databaseUrl }: FilledReadModel, callers: number): Promise<string[]> {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query<{ id: number }>(
      `select customer_id::float8 as id from token_count_1 where customer_id > 0
      group by customer_id order by abs(sum(tokens) - ${USUAL_TOKENS}) limit ${callers * CUSTOMERS_OF_A_CALLER}`,
    ),
  );
  const ids = rows.map(({ id }) => id);
  return Promise.all(
    Array.from({ length: callers }, (_, i) =>
      signToken({ customerIds: [ids[i]!, ids[i + callers]!], expiresIn: '24h' }),
    ),
  );
}
