import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { createIndexesSql } from '#projection/table-template.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';
import { say } from '../measure/progress.js';
import { settle, type FilledReadModel } from '../place/filled-read-model.js';

/**
 * Makes a large read model from a small one in a minute, inside the tables: it copies every token with its memberships, with the next free
 * ids. The stream has no events of these tokens, so this read model cannot be rebuilt or verified any more.
 * @param times how many copies of every token there are at the end
 */
export async function multiply(site: FilledReadModel, times: number): Promise<void> {
  say('the tokens are multiplied');
  await withClient(site.databaseUrl, async (client) => {
    const { rows } = await client.query<{ number: number }>(`select number from generation where state = 'live'`);
    const { number } = rows[0]!;
    const { token, tokenUpdated, tokenSearch, tokenCount, tokenMembership } = generationTables(number);
    const indexes = createIndexesSql(TOKEN_PROJECTION, number);
    for (const index of indexes) await client.query(`drop index ${/^create index (\S+)/.exec(index)![1]}`);
    const copies = `cross join generate_series(1, ${times - 1}) copy`;
    const id = `id + copy * ${site.seed.tokens}::bigint`;
    await client.query(`insert into ${token} select ${id}, version, customer_id, facet, created_at, valid_from, expires_at, own_updated_at,
      regexp_replace(document, '"id":\\d+', '"id":' || ${id}) from ${token} ${copies}`);
    await client.query(
      `insert into ${tokenUpdated} select ${id}, customer_id, facet, updated_at, position, turn from ${tokenUpdated} ${copies}`,
    );
    await client.query(
      `insert into ${tokenSearch} select ${id}, facet, text, app_user_id from ${tokenSearch} ${copies}`,
    );
    await client.query(`insert into ${tokenMembership} select token_${id}, token_group_id, version, is_member, time
      from ${tokenMembership} ${copies}`);
    await client.query(`update ${tokenCount} set tokens = tokens * ${times}`);
    await client.query(`set maintenance_work_mem = '256MB'`);
    for (const index of indexes) await client.query(index);
  });
  await settle(site);
}
