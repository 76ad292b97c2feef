import type pg from 'pg';
import { pino } from 'pino';
import { ReadPools } from '../../../apps/query/src/reading/read-pools.js';
import type { ReadStatement } from '../../../apps/query/src/reading/snapshot.sql.js';
import type { PlanNode } from './plan.js';

const EXPLAIN = 'explain (analyze, timing off, summary off, buffers off, format json)';

interface Explained {
  readonly 'QUERY PLAN': [{ readonly Plan: PlanNode }];
}

/** Has PostgreSQL carry statements out and tell how, on connections of the query app's own pools. */
export class Explainer {
  private readonly known = new Set<string>();

  private constructor(
    private readonly pools: ReadPools,
    private readonly prepared: pg.PoolClient,
    private readonly planned: pg.PoolClient,
  ) {}

  static async open(databaseUrl: string): Promise<Explainer> {
    const pools = new ReadPools(databaseUrl, pino({ level: 'silent' }));
    return new Explainer(pools, await pools.prepared.connect(), await pools.planned.connect());
  }

  async close(): Promise<void> {
    this.prepared.release();
    this.planned.release();
    await this.pools.close();
  }

  /** A statement with a name as it is prepared, for any values; one without a name as it is planned for these. */
  async explain({ name, text, values }: ReadStatement): Promise<PlanNode> {
    if (name === undefined) return planOf(await this.planned.query<Explained>({ text: `${EXPLAIN} ${text}`, values }));
    if (!this.known.has(name)) await this.prepared.query(`prepare "${name}" as ${text}`);
    this.known.add(name);
    return planOf(await this.prepared.query<Explained>(`${EXPLAIN} execute "${name}"(${literals(values)})`));
  }
}

function planOf({ rows }: pg.QueryResult<Explained>): PlanNode {
  return rows[0]!['QUERY PLAN'][0].Plan;
}

function literals(values: readonly unknown[]): string {
  const text = (value: unknown) => (Array.isArray(value) ? `{${value.join(',')}}` : String(value));
  return values.map((value) => (value === null ? 'null' : `'${text(value)}'`)).join(', ');
}
