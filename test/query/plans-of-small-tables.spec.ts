import { fill } from '../projector/filled.js';
import { createDatabase } from '../support/database.js';
import { cursors, dates, otherFilters, searches } from './plans/asked.js';
import { Explainer } from './plans/explainer.js';
import { atMost, faults, plansOf } from './plans/list-plans.js';
import { comparedInVain } from './plans/plan.js';

/** So few that PostgreSQL may take reading all matches again and again for cheaper than looking each token up. */
const TOKENS = 12_000;

test('a list of 12,000 tokens looks its tokens up, whatever its filters and its order are', async () => {
  const { url } = await createDatabase();
  await fill(url, TOKENS);
  const explainer = await Explainer.open(url);
  try {
    const asked = [
      ...(await dates(url)),
      ...(await otherFilters(url)),
      ...(await searches(url)),
      ...(await cursors(url)),
    ];
    const plans = await plansOf(explainer, asked);
    expect(faults(plans, ({ plan }) => atMost('compares', comparedInVain(plan), TOKENS))).toEqual([]);
  } finally {
    await explainer.close();
  }
}, 120_000);
