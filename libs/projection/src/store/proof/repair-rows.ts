import type { Client, ClientBase } from 'pg';
import type { Projection } from '../../projection.js';
import { nextTurn } from '../change-places.js';
import { planForManyRows } from '../many-rows.js';
import { comparedSql, idsSql, tableName } from '../../table-template.js';
import { kindsOf, ownedTables, repairable, type Compared, type Damage } from './damage.js';
import { correctDerivedRows, wrongDerivedRows } from './derived-rows.js';
import { JobFailed } from '../../job-ended.js';

/**
 * A repair corrects this many owners between two batches. That takes a second or two if it must count the derived rows of a million other
 * owners.
 */
const OWNERS_AT_A_TIME = 1_000;

/**
 * Splits the owners of the first kind into portions, each for its own transaction. Each portion holds all other owners: they decide which
 * rows stay.
 */
export function portionsOf({ tables }: Projection, damage: Damage): Damage[] {
  const [first = ''] = kindsOf(tables);
  const all = [...(damage.get(first) ?? [])];
  const portions: Damage[] = [];
  for (let i = 0; i === 0 || i < all.length; i += OWNERS_AT_A_TIME)
    portions.push(new Map([...damage, [first, new Set(all.slice(i, i + OWNERS_AT_A_TIME))]]));
  return portions;
}

/**
 * Corrects damaged rows as they are now: an event may have changed them since the comparison. Rows that no event mentions stay, with every
 * row of the owners they concern. Then makes the derived rows again.
 * @param client inside a fenced transaction, both generations at the same position
 * @param isRemoving whether to remove rows that no event mentions
 * @throws {JobFailed} if rows are still wrong after that; the caller rolls back
 */
export async function repairRows(
  client: Client,
  compared: Compared,
  damage: Damage,
  isRemoving: boolean,
): Promise<void> {
  await planForManyRows(client);
  const right = isRemoving ? damage : await repairable(client, compared, damage);
  const work = async () => {
    for (const template of ownedTables(compared.projection)) await replace(client, compared, template, right);
  };
  const { changes } = compared.projection;
  if (!changes) await work();
  else
    await changes.changeNow(client, compared.live, {
      owners: right,
      place: await nextTurn(client, compared.live),
      work,
    });
  await correctDerivedRows(client, compared.projection, compared.live);
  await prove(client, compared, right);
}

type Owned = ReturnType<typeof ownedTables>[number];

/** Does not write rows that are already right: most tables of a damaged owner are right. */
async function replace(client: ClientBase, { live, folded }: Compared, template: Owned, damage: Damage): Promise<void> {
  const { key, owner } = template;
  const ids = [...damage.get(owner.of)!];
  if (ids.length === 0) return;
  const [a, b] = [tableName(template, live), tableName(template, folded)];
  const isSame = key.map((column) => `o.${column} = t.${column}`).join(' and ');
  const given = idsSql(owner, '$1');
  const compared = comparedSql(template);
  await client.query(
    `delete from ${a} t using ${given} where t.${owner.column} = given.${owner.column}
    and not exists (select 1 from (select *, ${compared} as compared from ${b} t) o where ${isSame} and o.compared = ${compared})`,
    [ids],
  );
  await client.query(
    `insert into ${a} select t.* from ${b} t join ${given} using (${owner.column})
    where not exists (select 1 from ${a} o where ${isSame})`,
    [ids],
  );
}

/** How many rows there are now that no event mentions. */
export async function countUntold(
  client: ClientBase,
  { projection, live, folded }: Compared,
  damage: Damage,
): Promise<number> {
  let found = 0;
  for (const template of ownedTables(projection)) {
    const { owner, untold } = template;
    if (!untold) continue;
    const { rows } = await client.query<{ rows: string }>(
      `select count(*) as rows from ${tableName(template, live)} a
      join ${idsSql(owner, '$1')} using (${owner.column}) where ${untold('a', live, folded)}`,
      [[...damage.get(owner.of)!]],
    );
    found += Number(rows[0]!.rows);
  }
  return found;
}

/** Checks the repaired rows. If one is wrong, the caller rolls back all of them. */
async function prove(client: ClientBase, { projection, live, folded }: Compared, damage: Damage): Promise<void> {
  let wrong = await wrongDerivedRows(client, projection, live);
  for (const template of ownedTables(projection)) {
    const { of, column } = template.owner;
    const side = (generation: number) =>
      `(select ${comparedSql(template)} as row from ${tableName(template, generation)} t join ${idsSql(template.owner, '$1')} using (${column}))`;
    const { rows } = await client.query<{ wrong: string }>(
      `select count(*) as wrong from ${side(live)} a full join ${side(folded)} b using (row) where a.row is null or b.row is null`,
      [[...damage.get(of)!]],
    );
    wrong += Number(rows[0]!.wrong);
  }
  if (wrong > 0)
    throw new JobFailed(
      `${wrong} rows are still wrong after they were repaired, so they were left as they were: does something else write to the tables, a trigger for instance?`,
    );
}
