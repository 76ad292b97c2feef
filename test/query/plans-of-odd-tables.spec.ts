import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import { createDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';
import { ReadModelUnderTest } from '../projector/read-model-under-test.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import type { Asked } from './plans/asked.js';
import { Explainer } from './plans/explainer.js';
import { atMost, faults, plansOf } from './plans/list-plans.js';
import { applyInBatches, entering } from './plans/many-events.js';
import { comparedInVain, describeScan, tokenScans } from './plans/plan.js';

const TOKENS = 20_000;
const GROUP = 3_000;
const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2023, 0, 1);
const at = (days: number) => new Date(BEGIN + days * DAY_MS).toISOString();
const IMPORTED = at(0);
const AMONG_MANY = { reads: 'after', id: 5_000, key: IMPORTED } as const;

/** Tokens with long texts, created all at one time, that came into groups later. */
function tokens(): CloudEvent[] {
  return Array.from({ length: TOKENS }, (_, i) =>
    aTokenEvent('token.created', {
      id: i + 1,
      customerId: 1 + (i % 300),
      identifier: { label: `${i % 10 === 0 ? 'ACME' : 'FLEET'} ${i}` },
      createdAt: IMPORTED,
      updatedAt: at(i / 20),
      validFrom: at(i / 20),
      expiresAt: i % 10 === 0 ? at(1_000 + i / 20) : null,
      comment: 'c'.repeat(300),
    }),
  );
}

const asked = (given: Partial<ListTokensRequest>, from?: Asked['from']): Asked => ({
  request: Object.assign(new ListTokensRequest(given), { limit: 50, offset: 0 }, given),
  customers: null,
  ...(from && { from }),
});

describe('of tokens with long texts that were changed since, a list looks each token up by its key:', () => {
  let explainer: Explainer;

  beforeAll(async () => {
    const { url } = await createDatabase();
    const model = await ReadModelUnderTest.open(url);
    await model.reset();
    await applyInBatches(model, tokens(), 4_000);
    for (const group of [1, 2]) await applyInBatches(model, entering(group, 1, TOKENS), 4);
    await withClient(url, (client) => client.query('vacuum (analyze)'));
    // Too few rows for new statistics.
    await applyInBatches(model, entering(3, 1_001, GROUP), 4);
    await withClient(url, (client) => client.query('vacuum'));
    await model.close();
    explainer = await Explainer.open(url);
  }, 120_000);
  afterAll(() => explainer.close());

  const year = (first: number) => ({ validFrom: at(first), validTo: at(first + 365) });

  test.each<[string, Asked[]]>([
    [
      'by a span of one time in the order of another',
      [
        asked({ ...year(0), sortBy: 'updatedAt', sortDirection: 'asc' }),
        asked({ ...year(0), sortBy: 'updatedAt', sortDirection: 'desc', limit: 500 }),
        asked({ ...year(365), sortBy: 'updatedAt', sortDirection: 'asc', limit: 200 }),
        asked({ updatedAtFrom: at(0), updatedAtTo: at(365), sortBy: 'createdAt', sortDirection: 'asc' }),
      ],
    ],
    [
      'of a group that is newer than the statistics',
      [
        asked({ tokenGroupId: 3, limit: 500 }),
        asked({ tokenGroupId: 3, limit: 500, isActive: true }),
        asked({ tokenGroupId: 3, limit: 1_000, sortBy: 'updatedAt', sortDirection: 'asc' }),
      ],
    ],
    [
      'of a search, behind a cursor among many with the same time',
      [
        asked({ search: 'ACME', sortBy: 'createdAt', sortDirection: 'asc' }, AMONG_MANY),
        asked({ search: 'FLEET', sortBy: 'createdAt', sortDirection: 'asc' }, AMONG_MANY),
      ],
    ],
  ])('%s', async (_, requests) => {
    const plans = await plansOf(explainer, requests);
    const found = faults(plans, ({ plan }) => [
      ...atMost('compares', comparedInVain(plan), TOKENS),
      ...tokenScans(plan)
        .filter((scan) => scan['Actual Loops'] > 100 && !scan['Index Name']?.endsWith('_pkey'))
        .map((scan) => `looks up ${scan['Actual Loops']} times: ${describeScan(scan)}`),
    ]);
    expect(found).toEqual([]);
  });
});
