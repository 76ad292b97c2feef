import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import { createDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';
import { ReadModelUnderTest } from '../projector/read-model-under-test.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import type { Asked } from './plans/asked.js';
import { Explainer } from './plans/explainer.js';
import { atMost, faults, plansOf } from './plans/list-plans.js';
import { applyInBatches, entering } from './plans/many-events.js';
import { comparedInVain, describeScan, rowsOf, tokenScans } from './plans/plan.js';

const TOKENS = 20_000;
const CUSTOMERS = 60;
const NEW_CUSTOMER = 999;
const GROUP = 77;
const AT_ONCE = 500;
const OF_A_GROUP = 4_000;
const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2025, 10, 27);
const at = (ms: number) => new Date(ms).toISOString();

/** What every new token has, and no other one. */
const NEW = {
  search: { search: 'NEWFLEET' },
  appUser: { appUserId: 555 },
  group: { tokenGroupId: GROUP },
  created: { createdAtFrom: at(TODAY) },
  updated: { updatedAtFrom: at(TODAY) },
  valid: { validFrom: at(TODAY) },
} as const;
/** What all tokens have. */
const USUAL = [{ search: 'FLEET' }, { createdAtFrom: at(0) }, { updatedAtFrom: at(0) }, { isActive: true }];
type Filter = Partial<ListTokensRequest>;

function oldTokens(): CloudEvent[] {
  return Array.from({ length: TOKENS }, (_, i) => {
    const time = at(TODAY - DAY_MS - (TOKENS - i) * 60_000);
    const identifier = { label: `FLEET ${i}` };
    const times = { createdAt: time, updatedAt: time, validFrom: time };
    return aTokenEvent('token.created', { id: i + 1, customerId: 1 + (i % CUSTOMERS), identifier, ...times });
  });
}

function newTokens(count: number): CloudEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const time = at(TODAY + i * 100);
    const identifier = { label: `NEWFLEET ${i}`, appUserId: NEW.appUser.appUserId };
    const times = { createdAt: time, updatedAt: time, validFrom: time };
    return aTokenEvent('token.created', { id: TOKENS + i + 1, customerId: NEW_CUSTOMER, identifier, ...times });
  });
}

const SCOPES = {
  everybody: null,
  'the new customer': [NEW_CUSTOMER],
  'the new customer and all others': [NEW_CUSTOMER, ...Array.from({ length: CUSTOMERS }, (_, i) => i + 1)],
};

/** Each filter, and each with another. */
function combined(): Filter[] {
  const filters: Filter[] = Object.values(NEW);
  return filters.flatMap((one, i) => [one, ...filters.slice(i + 1).map((other) => ({ ...one, ...other }))]);
}

function withUsual(): Filter[] {
  return Object.values(NEW).flatMap((one) => USUAL.map((usual) => ({ ...usual, ...one })));
}

const asked = (filter: Filter, customers: Asked['customers']): Asked => ({
  request: Object.assign(new ListTokensRequest(filter), { limit: 50, offset: 0, ...filter }),
  customers,
});

describe.each([
  ['few enough to be looked up', 2_000, TOKENS],
  ['so many that each filter is read once', 4_000, 3 * TOKENS],
])('of tokens that are newer than the statistics of PostgreSQL, %s,', (_, news, most) => {
  let model: ReadModelUnderTest;
  let explainer: Explainer;

  beforeAll(async () => {
    const { url } = await createDatabase();
    model = await ReadModelUnderTest.open(url);
    await model.reset();
    await applyInBatches(model, oldTokens(), 4_000);
    for (let first = 1; first < TOKENS; first += OF_A_GROUP)
      await applyInBatches(model, entering(first, first, OF_A_GROUP), 4);
    await withClient(url, (client) => client.query('vacuum (analyze)'));
    await applyInBatches(model, newTokens(news), AT_ONCE);
    await applyInBatches(model, entering(GROUP, TOKENS + 1, news), 1);
    explainer = await Explainer.open(url);
  }, 120_000);
  afterAll(async () => {
    await explainer.close();
    await model.close();
  });

  test.each(Object.entries(SCOPES))('a list for %s compares none with all others', async (__, customers) => {
    const plans = await plansOf(
      explainer,
      combined().map((filter) => asked(filter, customers)),
    );
    const found = faults(plans, ({ plan }) => [
      ...atMost('compares', comparedInVain(plan), TOKENS),
      ...tokenScans(plan)
        .filter((scan) => scan['Actual Loops'] > 1_000 && !scan['Index Name']?.endsWith('_pkey'))
        .map((scan) => `looks up ${scan['Actual Loops']} times: ${describeScan(scan)}`),
    ]);
    expect(found).toEqual([]);
  });

  test('a list with another filter, which all tokens match, reads no table again and again', async () => {
    const plans = await plansOf(
      explainer,
      withUsual().map((filter) => asked(filter, null)),
    );
    expect(faults(plans, ({ plan }) => atMost('reads', sum(tokenScans(plan).map(rowsOf)), most))).toEqual([]);
  });

  test.each([...combined(), ...withUsual()])('%j finds each of them, and counts them exactly', async (filter) => {
    const { data, count } = await model.list({ ...filter, limit: 3, sortBy: 'createdAt', sortDirection: 'asc' });
    expect({ count, ids: data.map(({ id }) => id) }).toEqual({
      count: news,
      ids: [TOKENS + 1, TOKENS + 2, TOKENS + 3],
    });
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
