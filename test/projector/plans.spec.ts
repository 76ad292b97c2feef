import type pg from 'pg';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import type { Statement } from '#projection/store/statement.js';
import { TABLES, type PlanNode } from '../query/plans/plan.js';
import { createDatabase } from '../support/database.js';
import { batchStatements, sweepStatements } from './batch-statements.js';
import { fill } from './filled.js';

const WHOLE = /^(Seq Scan|Hash Join|Merge Join)$/;

/** A plan that was made for tables with nothing in them may be carried out when there is a lot. */
describe.each([0, 20_000])('the plans of a batch, made over %d tokens,', (tokens) => {
  let client: pg.Client;

  beforeAll(async () => {
    const { url } = await createDatabase();
    if (tokens > 0) await fill(url, tokens);
    client = await connectWriter(url, 10_000);
  }, 120_000);
  afterAll(() => disconnectWriter(client));

  test.each(
    [...batchStatements(TABLES), ...sweepStatements(TABLES)].map((statement) => [statement.name, statement] as const),
  )('read no table of a generation whole: %s', async (_, statement) => {
    const whole = nodesOf(await planOf(client, statement)).filter((node) => WHOLE.test(node['Node Type']));
    // Of these there is a row for every generation, one row, and a row for every group that is swept.
    expect(
      whole.filter((node) => !/^(generation|projector_lease|deferred_work)$/.test(node['Relation Name'] ?? '')),
    ).toEqual([]);
  });

  test.each(
    [...batchStatements(TABLES), ...sweepStatements(TABLES)].map((statement) => [statement.name, statement] as const),
  )('search no array for every row, so that twice the rows take twice the time: %s', async (_, statement) => {
    expect(nodesOf(await planOf(client, statement)).filter(searchesAnArray)).toEqual([]);
  });
});

/** A plan that is made for any values knows no hash of an array: it goes through it from the beginning, for every row. */
const SEARCHED = /= ANY \(\$/;

/** As it is made once for all values: the connection has PostgreSQL make no other. */
async function planOf(client: pg.Client, { name, text }: Statement): Promise<PlanNode> {
  await client.query('deallocate all');
  await client.query(`prepare "${name}" as ${text}`);
  const parameters = new Set(text.match(/\$\d+/g)).size;
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (verbose, format json) execute "${name}"(${Array(parameters).fill('null').join(', ')})`,
  );
  return rows[0]!['QUERY PLAN'][0].Plan;
}

function searchesAnArray({ Plans: _, 'Index Cond': _looksUp, ...node }: PlanNode): boolean {
  return SEARCHED.test(JSON.stringify(node));
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
