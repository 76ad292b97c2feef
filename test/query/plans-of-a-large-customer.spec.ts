import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import { createDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';
import { ReadModelUnderTest } from '../projector/read-model-under-test.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { Explainer } from './plans/explainer.js';
import { atMost, faults, plansOf } from './plans/list-plans.js';
import { applyInBatches } from './plans/many-events.js';
import { type PlanNode, removedBy, rowsOf, TABLES, tokenScans } from './plans/plan.js';

const LARGE = 7;
const KNOWN = 2_000;
const TOKENS = 20_000;
const CUSTOMERS = 2_000;
const DAY_MS = 86_400_000;
const at = (day: number) => new Date(Date.UTC(2024, 0, 1) + day * DAY_MS).toISOString();
/** Those of 100 tokens. */
const FEW = { updatedAtTo: at(1) };

/** Nine of ten belong to one customer, and they have many facets. */
function tokens(first: number, count: number): CloudEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const i = first + n;
    const facet = { isActive: i % 3 > 0, roamingEnabled: i % 2 > 0, priorityChargingEnabled: i % 7 === 0 };
    const customerId = i % 10 > 0 ? LARGE : 10 + ((i * 31) % CUSTOMERS);
    // The order of their changes is not that of their rows.
    const change = (i * 7_919) % TOKENS;
    const identifier = { label: `${change < 100 ? 'OLDFLEET' : 'FLEET'} ${i}` };
    return aTokenEvent('token.created', {
      id: i + 1,
      customerId,
      identifier,
      updatedAt: at(change / 100),
      expiresAt: i % 12 > 0 ? null : at(0),
      ...facet,
    });
  });
}

/** How many rows of tokens a plan read. */
function read(plan: PlanNode, table?: string): number {
  const scans = tokenScans(plan).filter((scan) => table === undefined || scan['Relation Name'] === table);
  return scans.reduce((sum, scan) => sum + rowsOf(scan) + removedBy(scan), 0);
}

describe('for a customer who had few tokens when PostgreSQL made its statistics', () => {
  let model: ReadModelUnderTest;
  let explainer: Explainer;

  beforeAll(async () => {
    const { url } = await createDatabase();
    model = await ReadModelUnderTest.open(url);
    await model.reset();
    await applyInBatches(model, tokens(0, KNOWN), 4_000);
    await withClient(url, (client) => client.query('vacuum (analyze)'));
    await applyInBatches(model, tokens(KNOWN, TOKENS - KNOWN), 4_000);
    explainer = await Explainer.open(url);
  }, 60_000);
  afterAll(async () => {
    await explainer.close();
    await model.close();
  });

  test.each([
    FEW,
    { ...FEW, search: 'OLDFLEET' },
    { ...FEW, status: 'usable' },
    { ...FEW, createdAtFrom: at(0), isActive: true },
  ] as const)('a list with %j does not read all of them for each of their facets', async (filter) => {
    const customers = [[LARGE], [LARGE, 10, 11, 12, 13]];
    const request = Object.assign(new ListTokensRequest(filter), { limit: 50, offset: 0, ...filter });
    const plans = await plansOf(
      explainer,
      customers.map((scope) => ({ request, customers: scope })),
    );
    expect(faults(plans, ({ plan }) => atMost('reads', read(plan), 2 * TOKENS))).toEqual([]);
  });

  test('a text that one token has is found without a look at the times of others', async () => {
    const filter = { search: 'FLEET 19999', status: 'expired' } as const;
    const request = Object.assign(new ListTokensRequest(filter), { limit: 50, offset: 0, ...filter });
    const plans = await plansOf(explainer, [{ request, customers: null }]);
    expect(faults(plans, ({ plan }) => atMost('reads', read(plan, TABLES.token), 100))).toEqual([]);
  });
});
