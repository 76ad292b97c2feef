import type { ClientBase } from 'pg';
import type { Difference } from '../job.js';
import type { Projection } from '../projection.js';
import { idsSql, tableName, type OwnedTable, type RowOwner, type TableTemplate } from '../table-template.js';

/*
 * Every row with a version was made by an event; the folded generation would have the row too, or what took its place, at that version or a
 * later one. A row of the live generation of which no event tells that was read is `untold`: an event that is not there any more, or is
 * not there yet, is no proof that the row is wrong.
 */

/** A projection, and the live and the folded generation of it. */
export interface Compared {
  readonly projection: Projection;
  readonly live: number;
  readonly folded: number;
}

/** Where the live generation and the folded one differ, or may since then: ids by what they are the ids of. */
export type Damage = ReadonlyMap<string, ReadonlySet<string>>;

/** Everything that the rows of an owner can have spoilt belongs to it. Rows that follow from others are made again anyway. */
export function damageOf({ tables }: Projection, differences: readonly Difference[]): Damage {
  const damage = new Map(kindsOf(tables).map((kind) => [kind, new Set<string>()]));
  for (const { table, key } of differences) {
    const template = tables.find(({ name }) => name === table);
    if (template?.owner) damage.get(template.owner.of)!.add(ownerIn(template, template.owner, key));
  }
  return damage;
}

/** What rows belong to; the first is the one whose rows depend on the others. */
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
 * What a repair can put right: the damage without owners of which something is untold, and without those whose rows depend on such ones.
 * What the folded generation says of them was made without that fact.
 */
export async function repairable(client: ClientBase, compared: Compared, damage: Damage): Promise<Damage> {
  const right = new Map<string, ReadonlySet<string>>();
  for (const [kind, ids] of damage) right.set(kind, without(ids, await heldBack(client, compared, damage, kind)));
  return right;
}

/** The differences that a repair must put right: neither untold nor of an owner that is held back. Derived rows follow from the others. */
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

/** SQL: ids of owners of which a table has an untold row. @param given the parameter with the ids in question */
function untoldRowsSql({ live, folded }: Compared, template: OwnedTable, given: string): string[] {
  const { owner } = template;
  if (!template.untold) return [];
  return [
    `select a.${owner.column} as id from ${tableName(template, live)} a join ${idsSql(owner, given)} using (${owner.column})
    where ${template.untold('a', live, folded)}`,
  ];
}

/** SQL: ids of owners whose rows, in either generation, depend on another owner of which something is untold. */
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
