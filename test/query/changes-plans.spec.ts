import { listChangesSql } from '../../apps/query/src/list-changes/list-changes.sql.js';
import { SHORT } from '../../apps/query/src/reading/snapshot.sql.js';
import { fill } from '../projector/filled.js';
import { createDatabase } from '../support/database.js';
import { Explainer } from './plans/explainer.js';
import { describeScan, mostSorted, nodesOf, removedBy, rowsOf, TABLES, type PlanNode } from './plans/plan.js';

const TOKENS = 20_000;
const LIMIT = 100;
/** What a page of many customers looks at, in pages. */
const WINDOW = 4;

describe('the plans of the change feed', () => {
  let explainer: Explainer;
  let customers: number[];

  beforeAll(async () => {
    const database = await createDatabase();
    await fill(database.url, TOKENS);
    // Some tokens have gone from their customers, and some for everybody.
    await database.query(`insert into token_gone_1 select customer_id + 1, id, position, 0 from token_updated_1 where id % 50 = 0;
      insert into token_gone_1 select 0, id + 1000000, position, 0 from token_updated_1 where id % 100 = 1`);
    await database.query('vacuum (analyze)');
    const rows = await database.query<{ customer_id: string }>(
      'select customer_id from token_1 group by 1 order by count(*) desc limit 1000',
    );
    customers = rows.map(({ customer_id: id }) => Number(id));
    explainer = await Explainer.open(database.url);
  }, 120_000);
  afterAll(() => explainer.close());

  async function plansOf(theirs: readonly number[] | null): Promise<PlanNode[]> {
    const plans: PlanNode[] = [];
    for (const position of [0, TOKENS / 2, TOKENS * 9]) {
      const page = { after: { position: String(position), turn: '0', id: '0' }, limit: LIMIT };
      plans.push(await explainer.explain(listChangesSql(TABLES, theirs, page, SHORT)));
    }
    return plans;
  }

  test.each([
    ['everybody', (): number[] | null => null, 3 * LIMIT, 2 * LIMIT],
    ['one customer', () => customers.slice(0, 1), 4 * LIMIT, 2 * LIMIT],
    ['few customers', () => customers.slice(0, 5), 5 * 4 * LIMIT, 5 * LIMIT],
    ['1,000 customers', () => customers, 4 * WINDOW * LIMIT + 4_000, 1_000],
  ] as const)('of %s read indexes in their order, and no more than pages', async (_, theirs, mostRows, mostToSort) => {
    for (const plan of await plansOf(theirs())) {
      const nodes = [...nodesOf(plan)].filter((node) => node['Relation Name'] !== undefined);
      const whole = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'generation');
      expect(whole.map(describeScan)).toEqual([]);
      const read = nodes.reduce((sum, node) => sum + rowsOf(node) + removedBy(node), 0);
      expect(read).toBeLessThanOrEqual(mostRows);
      expect(mostSorted(plan)).toBeLessThanOrEqual(mostToSort);
    }
  });
});
