import pg from 'pg';
import { generationTables } from '#token-read-model/generation-tables.js';
import { POOL_SIZE } from '../options.js';

const { token } = generationTables(1);

/** Plans statements once, as the query app does. */
const SESSION = '-c jit=off -c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0';

/** The least work for a page: read the stored documents by their key and join them. No count, no position. */
export class FloorStatement {
  private readonly pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE, options: SESSION });
  }

  async page(limit: number): Promise<string> {
    const { rows } = await this.pool.query<[document: string]>({
      name: 'page',
      text: `select document from ${token} order by id desc limit $1`,
      values: [limit],
      rowMode: 'array',
    });
    return `{"data":[${rows.map(([document]) => document).join(',')}]}`;
  }

  async end(): Promise<void> {
    await this.pool.end();
  }
}
