import type pg from 'pg';
import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';
import { SHARES } from '../events/mixed-updates.js';

/** Copies of rows that the projector has written, to write them again in bulk: the time that PostgreSQL itself needs for them. */
const { token, tokenUpdated, tokenSearch } = generationTables(1);
const TABLES = [token, tokenUpdated, tokenSearch];

/** Deletes rows and inserts the same rows again by one bulk statement per table, with all indexes in place. @returns rows per second */
export async function bulkInsertsPerSecond(databaseUrl: string, ids: { from: number; to: number }): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    for (const table of TABLES) {
      await client.query(
        `create temp table copy_${table} as select * from ${table} where id between ${ids.from} and ${ids.to}`,
      );
      await client.query(`delete from ${table} where id between ${ids.from} and ${ids.to}`);
    }
    const seconds = await timed(
      client,
      TABLES.map((table) => `insert into ${table} select * from copy_${table}`),
    );
    return (ids.to - ids.from + 1) / seconds;
  });
}

/** Changes rows all over the table as mixed updates do, by one bulk statement per table, and changes them back. @returns rows per second */
export async function bulkUpdatesPerSecond(databaseUrl: string, rows: number): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    await client.query(`
      create temp table original as select t.*, u.updated_at, random() as drawn
      from (select * from ${token} where hashint8(id) % (select 1 + count(*) / ${rows * 2} from ${token}) = 0 limit ${rows}) t
      join ${tokenUpdated} u using (id, customer_id, facet)`);
    await client.query('create temp table changed as select * from original');
    await client.query(`update changed set
      version = version + 1, updated_at = now(), own_updated_at = now(), document = replace(document, '"comment":', '"comment": '),
      facet = case when drawn < ${SHARES.flip} then facet # 4 else facet end,
      customer_id = case when drawn between ${SHARES.flip} and ${SHARES.flip + SHARES.move} then customer_id + 1 else customer_id end,
      expires_at = case when drawn > ${1 - SHARES.expiry} then now() + interval '1 year' else expires_at end`);
    const { rowCount } = await client.query('select 1 from changed');
    const seconds = await timed(client, updatesFrom('changed'));
    await timed(client, updatesFrom('original'));
    return rowCount! / seconds;
  });
}

function updatesFrom(source: string): string[] {
  return [
    `update ${token} t set version = s.version, customer_id = s.customer_id, facet = s.facet, expires_at = s.expires_at,
      own_updated_at = s.own_updated_at, document = s.document from ${source} s where t.id = s.id`,
    `update ${tokenUpdated} u set customer_id = s.customer_id, facet = s.facet, updated_at = s.updated_at
      from ${source} s where u.id = s.id`,
  ];
}

async function timed(client: pg.Client, statements: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await client.query('begin');
  for (const statement of statements) await client.query(statement);
  await client.query('commit');
  return (performance.now() - startedAt) / 1_000;
}
