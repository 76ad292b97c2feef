import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { loadMembersSql } from '#token-read-model/load/load-current.sql.js';
import { nextMembersSql } from '#token-read-model/sweep/deleted-groups.sql.js';
import { createDatabase } from '../support/database.js';

const MEMBERS = 20_000;
const tables = generationTables(1);

test('where all tokens are in one group, the members of others are looked up in the index of members', async () => {
  const { url, query } = await createDatabase();
  await query(
    `insert into ${tables.tokenMembership} select i, 1, 1, true, now() from generate_series(1, ${MEMBERS}) i`,
  );
  await query(
    `insert into deferred_work (generation, item, complete_to) select 1, 100 + i, i from generate_series(1, 50) i`,
  );
  await query('vacuum (analyze)');
  const writer = await connectWriter(url, 30_000);
  const plans: string[] = [];
  for (const [{ text }, values] of [
    [loadMembersSql(tables), `'{100,101,102}', 1001`],
    [nextMembersSql(tables), '1, 1000'],
  ] as const) {
    await writer.query(`prepare members as ${text}`);
    const { rows } = await writer.query<{ 'QUERY PLAN': string }>(`explain execute members(${values})`);
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    await writer.query('deallocate members');
  }
  await disconnectWriter(writer);
  for (const plan of plans) {
    expect(plan).toContain(`using ${tables.tokenMembership}_members`);
    expect(plan).not.toContain(`${tables.tokenMembership}_pkey`);
  }
});
