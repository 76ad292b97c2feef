import { fill } from '../projector/filled.js';
import { createDatabase } from '../support/database.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { cursors, dates, otherFilters, searches } from './plans/asked.js';
import { Explainer } from './plans/explainer.js';
import { atMost, faults, plansOf } from './plans/list-plans.js';
import { comparedInVain, describeScan, tokenScans } from './plans/plan.js';

/** So few that PostgreSQL may take reading all matches again and again for cheaper than looking each token up. */
const TOKENS = 12_000;
const CUSTOMERS = Array.from({ length: 400 }, (_, i) => i + 1);
const CREATED = { createdAtFrom: '2025-12-01T00:00:00.000Z' };

describe('a list of 12,000 tokens', () => {
  let url: string;
  let explainer: Explainer;

  beforeAll(async () => {
    ({ url } = await createDatabase());
    await fill(url, TOKENS);
    explainer = await Explainer.open(url);
  }, 60_000);
  afterAll(() => explainer.close());

  test('looks its tokens up, whatever its filters and its order are', async () => {
    const asked = [
      ...(await dates(url)),
      ...(await otherFilters(url)),
      ...(await searches(url)),
      ...(await cursors(url)),
    ];
    const plans = await plansOf(explainer, asked);
    expect(faults(plans, ({ plan }) => atMost('compares', comparedInVain(plan), TOKENS))).toEqual([]);
  }, 120_000);

  test.each([
    { ...CREATED, validFrom: '2024-01-01T00:00:00.000Z' },
    { ...CREATED, status: 'usable' as const },
    { ...CREATED, updatedAtFrom: '2024-01-01T00:00:00.000Z' },
  ])('of 400 customers by %j reads each of their places by the index of a time', async (filter) => {
    const request = Object.assign(new ListTokensRequest(filter), { limit: 50, offset: 0, ...filter });
    const plans = await plansOf(explainer, [{ request, customers: CUSTOMERS }]);
    const ofPlaces = plans.flatMap(({ plan }) => tokenScans(plan)).filter((scan) => scan['Actual Loops'] > 100);
    expect(ofPlaces.length).toBeGreaterThan(0);
    expect(ofPlaces.map(describeScan).filter((scan) => !scan.startsWith('Index'))).toEqual([]);
  });
});
