import pg from 'pg';
import { generationTables } from '#token-read-model/generation-tables.js';
import { median } from '../measure/statistics.js';
import { ensurePeerTable } from '../peer/peer-table.js';
import { LIMIT } from './combinations.js';
import type { ListRequest } from './list-clock.js';
import { peerSql } from './peer-sql.js';

const { token } = generationTables(1);
const FLOOR_CALLS = 50;

/** Times to compare with the times of our statements, over a connection of the same driver. */
export class Comparison {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<Comparison> {
    await ensurePeerTable(databaseUrl);
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new Comparison(client);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  /** Milliseconds for the least work of a page: the newest documents by their key, as a named statement, without a count. */
  async floor(): Promise<number> {
    const times: number[] = [];
    for (let call = 0; call < FLOOR_CALLS; call += 1) {
      const startedAt = performance.now();
      await this.client.query({
        name: 'floor',
        text: `select document from ${token} order by id desc limit $1`,
        values: [LIMIT],
        rowMode: 'array',
      });
      times.push(performance.now() - startedAt);
    }
    return median(times);
  }

  /** Milliseconds of the same request over the plain table, page and count; the second of two calls. */
  async peer(request: ListRequest): Promise<number> {
    const { page, count } = peerSql(request);
    let latest = 0;
    for (let call = 0; call < 2; call += 1) {
      const startedAt = performance.now();
      await this.client.query(page);
      await this.client.query(count);
      latest = performance.now() - startedAt;
    }
    return latest;
  }
}
