import type { ChangeKey } from '../../apps/query/src/list-changes/change-cursors.js';
import { listChangesSql } from '../../apps/query/src/list-changes/list-changes.sql.js';
import { SHORT } from '../../apps/query/src/reading/snapshot.sql.js';
import { fill } from '../projector/filled.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { Explainer } from './plans/explainer.js';
import { describeScan, mostSorted, nodesOf, removedBy, rowsOf, TABLES, type PlanNode } from './plans/plan.js';

const TOKENS = 20_000;
const LIMIT = 100;
/**
 * With so many tokens of a customer it costs the same to sort them and to read all changes until a page is found. Before that, the changes
 * are counted up to this number.
 */
const SHORTER_WAY = Math.sqrt(LIMIT * TOKENS);

describe('the plans of the change feed', () => {
  let database: TestDatabase;
  let explainer: Explainer;
  let customers: number[];
  /** Of all changes, in their order. */
  let places: ChangeKey[];

  beforeAll(async () => {
    database = await createDatabase();
    await fill(database.url, TOKENS);
    // Some tokens have gone from their customers, and some for everybody.
    await database.query(`insert into token_gone_1 select customer_id + 1, id, position, 0 from token_updated_1 where id % 50 = 0;
      insert into token_gone_1 select 0, id + 1000000, position, 0 from token_updated_1 where id % 100 = 1`);
    await database.query('vacuum (analyze)');
    const rows = await database.query<{ customer_id: string }>(
      'select customer_id from token_1 group by 1 order by count(*) desc limit 1000',
    );
    customers = rows.map(({ customer_id: id }) => Number(id));
    places = await database.query<ChangeKey>('select position, turn, id from token_updated_1 order by 1, 2, 3');
    explainer = await Explainer.open(database.url);
  }, 120_000);
  afterAll(() => explainer.close());

  /** Where so many changes are behind the place. */
  const planBehind = (theirs: readonly number[] | null, changes: number): Promise<PlanNode> => {
    const key = places[places.length - changes - 1] ?? { position: '0', turn: '0', id: '0' };
    const page = { soFar: { at: undefined, key, hadAll: false }, limit: LIMIT };
    return explainer.explain(listChangesSql(TABLES, theirs, page, SHORT));
  };
  const scansOf = (plan: PlanNode) => [...nodesOf(plan)].filter((node) => node['Relation Name'] !== undefined);
  const readBy = (nodes: readonly PlanNode[]) => nodes.reduce((sum, node) => sum + rowsOf(node) + removedBy(node), 0);

  // Each customer has up to 16 counts, which are read twice.
  test.each([
    ['everybody', (): number[] | null => null, 3 * LIMIT, 2 * LIMIT],
    ['a small customer', () => customers.slice(-1), 3 * LIMIT, LIMIT],
    ['a large customer', () => customers.slice(0, 1), 2 * SHORTER_WAY + 3 * LIMIT, SHORTER_WAY],
    ['few customers', () => customers.slice(0, 5), 2 * SHORTER_WAY + 3 * LIMIT, SHORTER_WAY],
    ['1,000 customers', () => customers, 2 * SHORTER_WAY + 4_000, SHORTER_WAY],
  ] as const)('of %s read by indexes, the shorter way to a page', async (_, theirs, mostRows, mostToSort) => {
    for (const behind of [TOKENS, TOKENS / 2, TOKENS / 100, 0]) {
      const plan = await planBehind(theirs(), behind);
      const scans = scansOf(plan);
      const whole = scans.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'generation');
      expect(whole.map(describeScan)).toEqual([]);
      expect(readBy(scans)).toBeLessThanOrEqual(mostRows);
      expect(mostSorted(plan)).toBeLessThanOrEqual(mostToSort);
    }
  });

  test.each([
    ['one customer', () => customers.slice(0, 1)],
    ['1,000 customers', () => customers],
  ])('of %s read no more than what has changed, where that is little', async (_, theirs) => {
    const changes = 50;
    const scans = scansOf(await planBehind(theirs(), changes));
    const ofTokens = scans.filter((node) => node['Relation Name'] !== TABLES.tokenCount);
    expect(readBy(ofTokens)).toBeLessThanOrEqual(changes * 3 + 10);
  });

  test('of a large customer whose tokens are the newest read no more than those and what is read in vain before', async () => {
    const largest = customers[0]!;
    await database.query(`update token_updated_1 set position = position + 1000000 where customer_id = ${largest}`);
    const [row] = await database.query<{ tokens: string }>(
      `select count(*) as tokens from token_updated_1 where customer_id = ${largest}`,
    );
    const scans = scansOf(await planBehind([largest], TOKENS));
    await database.query(`update token_updated_1 set position = position - 1000000 where customer_id = ${largest}`);
    const ofChanges = scans.filter((node) => node['Relation Name'] === TABLES.tokenUpdated);
    expect(Number(row!.tokens)).toBeGreaterThan(SHORTER_WAY / 2);
    expect(readBy(ofChanges)).toBeLessThanOrEqual(2 * 2 * SHORTER_WAY + Number(row!.tokens) + 1);
  });

  test('after a page without changes read nothing again', async () => {
    const { position } = places.at(-1)!;
    const at = { lineage: '', position: Number(position), turns: 0 };
    const soFar = { at, key: { position: '0', turn: '0', id: '0' }, hadAll: true };
    const plan = await explainer.explain(listChangesSql(TABLES, customers.slice(0, 1), { soFar, limit: LIMIT }, SHORT));
    const ofTokens = scansOf(plan).filter((node) => node['Relation Name'] === TABLES.tokenUpdated);
    expect(readBy(ofTokens)).toBe(0);
  });
});
