import { pino } from 'pino';
import type pg from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import { ListTokensRequest, SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { listTokensSql } from '../../apps/query/src/list-tokens/list-tokens.sql.js';
import { closeReadPools, createReadPools } from '../../apps/query/src/reading/read-pools.js';
import type { ReadStatement } from '../../apps/query/src/reading/read-model-reader.js';

const TABLES = generationTables(1);
/** Facets of a token: an order over all of them is merged from so many index ranges at most. */
const FACETS = 24;

/** How PostgreSQL carried out one request, judged by the rules below. */
export interface Reading {
  readonly request: string;
  readonly faults: readonly string[];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** Every kind of request in every order, on a customer of some size and on everybody's tokens. */
function requests(): [Partial<ListTokensRequest>, number[] | null][] {
  const filters: Partial<ListTokensRequest>[] = [
    {},
    { isActive: true },
    { type: 'virtual', priority: true },
    { validFrom: '2019-06-01T00:00:00.000Z' },
    { validFrom: '2025-12-01T00:00:00.000Z', isActive: true },
    { expiresFrom: '2027-01-01T00:00:00.000Z' },
    { validFrom: '2022-01-01T00:00:00.000Z', expiresFrom: '2027-01-01T00:00:00.000Z' },
    { search: 'e07' },
    { search: 'd', isActive: true },
  ];
  return SORT_KEYS.flatMap((sortBy) =>
    SORT_DIRECTIONS.flatMap((sortDirection) =>
      filters.flatMap((filter) =>
        [0, 1_500].flatMap((offset) =>
          [null, [1]].map((customers): [Partial<ListTokensRequest>, number[] | null] => [
            { ...filter, sortBy, sortDirection, offset, limit: 50 },
            customers,
          ]),
        ),
      ),
    ),
  );
}

/** Explains every kind of list statement on connections set up as the app's are. */
export async function readingsOf(databaseUrl: string): Promise<Reading[]> {
  const pools = createReadPools(databaseUrl, pino({ level: 'silent' }));
  const clients = { prepared: await pools.prepared.connect(), planned: await pools.planned.connect() };
  const readings: Reading[] = [];
  try {
    for (const [given, customers] of requests()) {
      const request = Object.assign(new ListTokensRequest(), given);
      const statement = listTokensSql(TABLES, request, customers);
      const plan = await explain(statement.name === undefined ? clients.planned : clients.prepared, statement);
      readings.push({ request: JSON.stringify({ ...given, customers }), faults: faultsOf(plan, request) });
    }
  } finally {
    clients.prepared.release();
    clients.planned.release();
    await closeReadPools(pools);
  }
  return readings;
}

async function explain(client: pg.PoolClient, { name = 'planned', text, values }: ReadStatement): Promise<PlanNode> {
  await client.query(`prepare "${name}" as ${text}`);
  const given = values.map((value) => `'${Array.isArray(value) ? `{${value.join(',')}}` : String(value)}'`).join(', ');
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (analyze, timing off, summary off, format json) execute "${name}"(${given})`,
  );
  await client.query(`deallocate "${name}"`);
  return rows[0]!['QUERY PLAN'][0].Plan;
}

/**
 * 1. `token` and `token_updated` are never scanned sequentially, whatever the request.
 * 2. No sort is given more rows than the index ranges that are merged times the rows up to the page's end; with a search or a date,
 *    no more than the matches that count as few, or so many from every range.
 */
function faultsOf(plan: PlanNode, { offset, limit, search, validFrom, expiresFrom }: ListTokensRequest): string[] {
  const isFiltered = search !== undefined || validFrom !== undefined || expiresFrom !== undefined;
  const most = Math.max(FACETS * (offset + limit), isFiltered ? 1_700 * Math.sqrt(offset + limit) : 0);
  const faults: string[] = [];
  for (const node of nodesOf(plan)) {
    const table = node['Relation Name'];
    if (node['Node Type'] === 'Seq Scan' && (table === TABLES.token || table === TABLES.tokenUpdated)) {
      faults.push(`reads ${table} whole`);
    }
    const sorted = node['Node Type'].endsWith('Sort') ? node.Plans![0]! : undefined;
    const rows = sorted ? sorted['Actual Rows'] * sorted['Actual Loops'] : 0;
    if (rows > most) faults.push(`sorts ${rows} rows where ${most} are the most`);
  }
  return faults;
}

function* nodesOf(plan: PlanNode): Generator<PlanNode> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}
