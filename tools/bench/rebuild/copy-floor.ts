import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createIndexesSql, createTablesSql, dropTablesSql, tableNames } from '#projection/table-template.js';
import { withClient } from '../../../test/support/with-client.js';

/** Larger than the number of any generation of the product in a bench. */
const OF_THE_FLOOR = 900_000;

/** Times of one round in seconds. */
export interface FloorSeconds {
  readonly copy: number;
  readonly index: number;
  readonly vacuum: number;
  readonly total: number;
}

/**
 * The rows of the live generation in files of the database server, and the time that PostgreSQL takes to make the same tables from them:
 * COPY into tables with their primary keys, the same index builds with the same memory, the same vacuum. The server reads its own files, so
 * the time includes no client connection.
 */
export class CopyFloor {
  private constructor(
    private readonly databaseUrl: string,
    private readonly files: readonly string[],
  ) {}

  static async open(databaseUrl: string): Promise<CopyFloor> {
    const files = await withClient(databaseUrl, async (client) => {
      const { rows } = await client.query<{ number: number; directory: string }>(
        `select number, current_setting('data_directory') as directory from generation where state = 'live'`,
      );
      const { number, directory } = rows[0]!;
      const base = `${directory}/floor-${randomUUID()}`;
      const written: string[] = [];
      for (const table of tableNames(TOKEN_PROJECTION, number)) {
        written.push(`${base}-${written.length}`);
        await client.query(`copy ${table} to '${written.at(-1)}' (format binary)`);
      }
      return written;
    });
    return new CopyFloor(databaseUrl, files);
  }

  round(): Promise<FloorSeconds> {
    return withClient(this.databaseUrl, async (client) => {
      await client.query(createTablesSql(TOKEN_PROJECTION, OF_THE_FLOOR));
      const tables = tableNames(TOKEN_PROJECTION, OF_THE_FLOOR);
      const copies = tables.map((table, i) => `copy ${table} from '${this.files[i]}' (format binary)`);
      const copy = await timed(client, copies);
      await client.query(`set maintenance_work_mem = '256MB'`);
      const index = await timed(client, createIndexesSql(TOKEN_PROJECTION, OF_THE_FLOOR));
      const vacuum = await timed(client, [`vacuum (analyze) ${tables.join(', ')}`]);
      await client.query(dropTablesSql(TOKEN_PROJECTION, OF_THE_FLOOR));
      return { copy, index, vacuum, total: copy + index + vacuum };
    });
  }
}

async function timed(client: pg.Client, statements: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  for (const statement of statements) await client.query(statement);
  return (performance.now() - startedAt) / 1_000;
}
