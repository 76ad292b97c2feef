import type { ClientBase } from 'pg';
import type { Difference } from '../../job.js';
import type { Projection } from '../../projection.js';
import { idsSql, tableName, type OwnedTable, type RowOwner, type TableTemplate } from '../../table-template.js';

/*
 * An event made every row that has a version; the folded generation would have that row at that version or later, or the row that replaced
 * it. A row of the live generation is `untold` if no event that was read mentions it. Such a row is not proved wrong: its event may be
 * removed from the stream, or may not be there yet.
 */

/** A projection with its live generation and its folded generation. */
export interface Compared {
  readonly projection: Projection;
  readonly live: number;
  readonly folded: number;
}

/** Owners for which the live generation and the folded one differ, or may differ since: ids by the kind of owner. */
export type Damage = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The owners of the rows that differ. All rows that a wrong row can have made wrong belong to the same owner, except derived rows, which
 * are made again in any case.
 */
export function damageOf({ tables }: Projection, differences: readonly Difference[]): Damage {
  const damage = new Map(kindsOf(tables).map((kind) => [kind, new Set<string>()]));
  for (const { table, key } of differences) {
    const template = tables.find(({ name }) => name === table);
    if (template?.owner) damage.get(template.owner.of)!.add(ownerIn(template, template.owner, key));
  }
  return damage;
}

/** The kinds of owner of rows; the first is the one whose rows depend on the others. */
export function kindsOf(tables: readonly TableTemplate[]): string[] {
  return [...new Set(tables.flatMap(({ owner }) => (owner ? [owner.of] : [])))];
}

/** The tables that hold rows of an owner. */
export function ownedTables({ tables }: Projection): readonly OwnedTable[] {
  return tables.filter((template): template is OwnedTable => !!template.owner);
}

function ownerIn({ key }: TableTemplate, { column }: RowOwner, difference: string): string {
  return difference.split('/')[key.indexOf(column)]!;
}

/**
 * The damage that a repair can correct: without owners that have untold rows, and without owners whose rows depend on those. The folded
 * generation made their rows without the untold fact.
 */
export async function repairable(client: ClientBase, compared: Compared, damage: Damage): Promise<Damage> {
  const right = new Map<string, ReadonlySet<string>>();
  for (const [kind, ids] of damage) right.set(kind, without(ids, await heldBack(client, compared, damage, kind)));
  return right;
}

/**
 * The differences that a repair must correct: not untold, and not of an owner that was left out. Derived rows follow from the other rows.
 */
export async function differencesToRepair(
  client: ClientBase,
  compared: Compared,
  differences: readonly Difference[],
): Promise<Difference[]> {
  const { projection } = compared;
  const right = await repairable(client, compared, damageOf(projection, differences));
  const templates = ownedTables(projection);
  return differences.filter(({ table, key, isUntold }) => {
    const template = templates.find(({ name }) => name === table);
    return !isUntold && template && right.get(template.owner.of)!.has(ownerIn(template, template.owner, key));
  });
}

async function heldBack(
  client: ClientBase,
  compared: Compared,
  damage: Damage,
  kind: string,
): Promise<ReadonlySet<string>> {
  const owned = ownedTables(compared.projection).filter(({ owner }) => owner.of === kind);
  const selects = owned.flatMap((template) => [
    ...untoldRowsSql(compared, template, '$1'),
    ...dependentsSql(compared, template),
  ]);
  if (selects.length === 0) return new Set();
  const others = [...damage].flatMap(([other, ids]) => (owned.some((t) => t.dependsOn?.of === other) ? [...ids] : []));
  const { rows } = await client.query<{ id: string }>(
    `select distinct held.id from (${selects.join('\nunion all\n')}) held, (select $2::text[]) others`,
    [[...damage.get(kind)!], others],
  );
  return new Set(rows.map(({ id }) => id));
}

/** SQL: ids of owners with an untold row in a table. @param given the parameter with the ids to check */
function untoldRowsSql({ live, folded }: Compared, template: OwnedTable, given: string): string[] {
  const { owner } = template;
  if (!template.untold) return [];
  return [
    `select a.${owner.column} as id from ${tableName(template, live)} a join ${idsSql(owner, given)} using (${owner.column})
    where ${template.untold('a', live, folded)}`,
  ];
}

/** SQL: ids of owners whose rows, in either generation, depend on another owner that has something untold. */
function dependentsSql(compared: Compared, template: OwnedTable): string[] {
  const { dependsOn, owner } = template;
  if (!dependsOn) return [];
  const ofOthers = ownedTables(compared.projection)
    .filter((other) => other.owner.of === dependsOn.of)
    .flatMap((other) => untoldRowsSql(compared, other, '$2'));
  return [compared.live, compared.folded].map(
    (generation) =>
      `select m.${owner.column} as id from (${ofOthers.join(' union ')}) untold
      join ${tableName(template, generation)} m on m.${dependsOn.column} = untold.id
      join ${idsSql(owner, '$1')} on given.${owner.column} = m.${owner.column}`,
  );
}

function without(set: ReadonlySet<string>, gone: ReadonlySet<string>): ReadonlySet<string> {
  return gone.size === 0 ? set : new Set([...set].filter((item) => !gone.has(item)));
}
