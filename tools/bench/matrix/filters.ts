import { generationTables } from '#token-read-model/generation-tables.js';
import { TOKEN_STATUSES } from '../../../apps/query/src/list-tokens/token-status.js';
import { withClient } from '../../../test/support/with-client.js';
import { LIMIT } from './combinations.js';
import { LARGEST_CUSTOMER } from './customers.js';
import { instantFor, TARGET } from './dates.js';
import type { ListRequest } from './list-clock.js';
import type { Aimed } from './targets.js';

const { token, tokenMembership, tokenSearch } = generationTables(1);
const MOST_IDS = 1_000;

/** The filters besides search and the first two dates, alone and some of them together. */
export async function filterRequests(databaseUrl: string): Promise<Aimed[]> {
  const at = (column: string, share: number) => instantFor(databaseUrl, column, share);
  const [created, createdLater] = [await at('created_at', 0.5), await at('created_at', 0.49)];
  const updated = await at('updated_at', 0.5);
  const [largest, middle] = await groups(databaseUrl);
  const requests: [what: string, request: ListRequest][] = [
    ['updatedAtFrom matching 1 %', { updatedAtFrom: await at('updated_at', 0.01) }],
    ['updatedAtFrom matching 50 %', { updatedAtFrom: updated }],
    ['createdAtTo matching 50 %', { createdAtTo: created }],
    ['a span of createdAt matching 1 %', { createdAtFrom: created, createdAtTo: createdLater }],
    ['validTo matching 50 %', { validTo: await at('valid_from', 0.5) }],
    ['expiresTo matching 50 % of those that expire', { expiresTo: await at('expires_at', 0.5) }],
    ...TOKEN_STATUSES.map((status): [string, ListRequest] => [`status=${status}`, { status }]),
    ['tokenGroupId, the largest group', { tokenGroupId: largest }],
    ['tokenGroupId, a group in the middle', { tokenGroupId: middle }],
    ['appUserId', { appUserId: await someAppUser(databaseUrl) }],
    [`ids, ${MOST_IDS} of them`, { ids: await someIds(databaseUrl) }],
    ['updatedAtFrom matching 50 %, of the largest customer', { updatedAtFrom: updated, customerId: LARGEST_CUSTOMER }],
    ['usable of the largest group', { status: 'usable', tokenGroupId: largest }],
    ['usable and updatedAtFrom matching 50 %', { status: 'usable', updatedAtFrom: updated }],
  ];
  return requests.map(([what, request]) => ({ what, request: { ...request, limit: LIMIT }, target: TARGET }));
}

/** The group with the most members, and the one in the middle of all that have any. */
async function groups(databaseUrl: string): Promise<[number, number]> {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query<{ id: string }>(
      `select token_group_id as id from ${tokenMembership} where is_member group by 1 order by count(*) desc, 1`,
    ),
  );
  return [Number(rows[0]!.id), Number(rows[rows.length >> 1]!.id)];
}

async function someAppUser(databaseUrl: string): Promise<number> {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query<{ user: string }>(
      `select app_user_id as user from ${tokenSearch} where app_user_id is not null group by 1 order by count(*) desc limit 1`,
    ),
  );
  return Number(rows[0]!.user);
}

async function someIds(databaseUrl: string): Promise<number[]> {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query<{ id: string }>(`select id from ${token} where id % 17 = 0 order by id limit ${MOST_IDS}`),
  );
  return rows.map(({ id }) => Number(id));
}
