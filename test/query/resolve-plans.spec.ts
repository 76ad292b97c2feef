import { SHORT } from '../../apps/query/src/reading/snapshot.sql.js';
import type { AskedIdentifier } from '../../apps/query/src/resolve-tokens/resolve-tokens.query.js';
import { resolveTokensSql } from '../../apps/query/src/resolve-tokens/resolve-tokens.sql.js';
import { fill } from '../projector/filled.js';
import { createDatabase } from '../support/database.js';
import { Explainer } from './plans/explainer.js';
import { describeScan, nodesOf, rowsOf, TABLES } from './plans/plan.js';

const TOKENS = 20_000;
/** Enough for the newest of them to be usable, wherever they are. */
const FEW = 100;

describe('the plan of resolving', () => {
  let explainer: Explainer;

  beforeAll(async () => {
    const database = await createDatabase();
    await fill(database.url, TOKENS);
    await database.query(
      `update token_search_1 set text = split_part(text, ' ', 1) || ' shared' where id in (select id from token_1 where customer_id % 2 = 0)`,
    );
    await database.query('vacuum (analyze)');
    explainer = await Explainer.open(database.url);
  }, 120_000);
  afterAll(() => explainer.close());

  /** The tokens that are looked up or read. */
  async function read(asked: readonly AskedIdentifier[], customers: readonly number[] | null): Promise<number> {
    const plan = await explainer.explain(resolveTokensSql(TABLES, asked, '2026-01-01T00:00:00.000Z', customers, SHORT));
    const scans = [...nodesOf(plan)].filter((node) => node['Relation Name']?.startsWith('token_'));
    expect(scans.map(describeScan).filter((scan) => scan.startsWith('Seq Scan'))).toEqual([]);
    return scans.reduce((sum, node) => sum + rowsOf(node), 0);
  }

  test('a label that half of the tokens have reads the newest of them', async () => {
    expect(await read([{ kind: 'label', text: 'shared' }], null)).toBeLessThan(FEW);
    expect(await read([{ kind: 'label', text: 'shared' }], [2, 4, 6, 8, 10])).toBeLessThan(FEW);
  });

  test('1,000 of anything read as many look-ups as they have spellings', async () => {
    const asked = Array.from({ length: 1_000 }, (_, i) => ({
      kind: i % 2 === 0 ? ('uid' as const) : ('label' as const),
      text: `04A7E942F1${String(i).padStart(4, '0')}`,
    }));
    expect(await read(asked, null)).toBeLessThan(FEW);
  });
});
