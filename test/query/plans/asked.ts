import { ListTokensRequest } from '../../../apps/query/src/list-tokens/list-tokens.request.js';
import type { PageStart } from '../../../apps/query/src/list-tokens/page-start.js';
import type { SortKey } from '../../../apps/query/src/list-tokens/sort-keys.js';
import { combinations, LIMIT, ORDERS } from '../../../tools/bench/matrix/combinations.js';
import { customersToAskFor, LARGEST_CUSTOMER } from '../../../tools/bench/matrix/customers.js';
import { dateRequests } from '../../../tools/bench/matrix/dates.js';
import { filterRequests } from '../../../tools/bench/matrix/filters.js';
import { searchRequests } from '../../../tools/bench/matrix/searches.js';
import { shortOrLong } from '../../support/test-length.js';
import { withClient } from '../../support/with-client.js';
import { TABLES } from './plan.js';

/** A list request of a caller who may see these customers' tokens; null: everybody's. */
export interface Asked {
  readonly request: ListTokensRequest;
  /** Where the page begins, by a cursor. */
  readonly from?: PageStart;
  readonly customers: readonly number[] | null;
}

type Given = Partial<ListTokensRequest>;

/** Of a caller's claim; the largest are among them. */
const SCOPES = [[LARGEST_CUSTOMER, 2, 3], Array.from({ length: 1_000 }, (_, i) => i + 1)];
const FACETS: readonly Given[] = [{}, { isActive: true }, { type: 'virtual', priority: true }];
const FAR = 1_500;

/** The matrix of the benchmark, and some of it within scopes of several customers. */
export async function matrix(databaseUrl: string): Promise<Asked[]> {
  // The few lists without a facet, and some of the others: every filter meets every order.
  const isWithoutFacets = ({ type, isActive, roamingEnabled, priority }: Given) =>
    [type, isActive, roamingEnabled, priority].every((facet) => facet === undefined);
  const all = combinations(await customersToAskFor(databaseUrl)).filter(
    (given, i) => isWithoutFacets(given) || i % shortOrLong(11, 1) === 0,
  );
  const one = all.map((given) => asked(given, given.customerId === undefined ? null : [given.customerId]));
  return [...one, ...inOrders(FACETS, SCOPES)];
}

/** Pages from far into lists by customer and facet, from both ends. */
export function farPages(tokens: number): Asked[] {
  const offsets = [FAR, tokens >> 1, tokens - LIMIT];
  const given = FACETS.flatMap((facets) => offsets.map((offset) => ({ ...facets, offset })));
  return inOrders(given, [null, [LARGEST_CUSTOMER], ...SCOPES]);
}

/** Pages behind and before tokens in the middle of lists by customer and facet, and before one that never expires. */
export async function cursors(databaseUrl: string): Promise<Asked[]> {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query<{ document: string }>(
      `(select document from ${TABLES.token} where expires_at < 'infinity' order by id offset ${FAR} limit 1)
      union all (select document from ${TABLES.token} where expires_at = 'infinity' order by id desc offset ${FAR} limit 1)`,
    ),
  );
  const tokens = rows.map(({ document }) => JSON.parse(document) as Record<SortKey, string | null> & { id: number });
  return inOrders(FACETS, [null, [LARGEST_CUSTOMER], ...SCOPES]).flatMap((asked) =>
    tokens.flatMap((token) =>
      (['after', 'before'] as const).map((reads) => {
        const { sortBy } = asked.request;
        return { ...asked, from: { reads, id: token.id, key: sortBy === 'id' ? undefined : token[sortBy] } };
      }),
    ),
  );
}

/** Both dates for few, half and nearly all. */
export async function dates(databaseUrl: string): Promise<Asked[]> {
  const each = (await dateRequests(databaseUrl)).map(({ request }) => request);
  return within(databaseUrl, each, SCOPES);
}

/** Both dates together, and every other filter, alone and with others. */
export async function otherFilters(databaseUrl: string): Promise<Asked[]> {
  const others = (await filterRequests(databaseUrl)).map(({ request }) => request);
  const each = (await dateRequests(databaseUrl)).map(({ request }) => request);
  const validFrom = each.filter((request) => request.validFrom !== undefined);
  const expiresFrom = each.filter((request) => request.expiresFrom !== undefined);
  const both = validFrom.map((request, i) => ({ ...request, ...expiresFrom[i] }));
  return inOrders([...both, ...others], [null, [LARGEST_CUSTOMER], SCOPES[0]!]);
}

/** Searches of every kind. Not for many customers: whose tokens those are is looked up for all that match, or the other way round. */
export async function searches(databaseUrl: string): Promise<Asked[]> {
  return within(
    databaseUrl,
    (await searchRequests(databaseUrl)).map(({ request }) => request),
    SCOPES.slice(0, 1),
  );
}

async function within(databaseUrl: string, requests: readonly Given[], scopes: readonly number[][]): Promise<Asked[]> {
  const customers = (await customersToAskFor(databaseUrl)).map((customer) =>
    customer === undefined ? null : [customer],
  );
  const given = requests.flatMap((request) => [request, { ...request, isActive: true }, { ...request, offset: FAR }]);
  return inOrders(given, [...customers, ...scopes]);
}

function inOrders(given: readonly Given[], customers: readonly (readonly number[] | null)[]): Asked[] {
  return customers.flatMap((some) => given.flatMap((one) => ORDERS.map((order) => asked({ ...one, ...order }, some))));
}

function asked(given: Given, customers: readonly number[] | null): Asked {
  return { request: Object.assign(new ListTokensRequest(given), { limit: LIMIT }, given), customers };
}
