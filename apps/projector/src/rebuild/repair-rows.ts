import type { ClientBase } from 'pg';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import { keySql } from './compare-generations.js';
import type { Difference } from '#read-model/job.js';

/**
 * Puts the rows of another generation in the place of the live one's, for the given differences.
 * @param client inside a fenced transaction, both generations at the same position
 */
export async function repairRows(
  client: ClientBase,
  live: number,
  other: number,
  differences: readonly Difference[],
): Promise<void> {
  const [a, b] = [generationTables(live), generationTables(other)];
  for (const [table, keys] of byTable(differences)) {
    const key = keySql(table, 't');
    await client.query(`delete from ${a[table]} t where ${key} = any($1::text[])`, [keys]);
    await client.query(`insert into ${a[table]} select * from ${b[table]} t where ${key} = any($1::text[])`, [keys]);
  }
}

type Table = keyof Omit<GenerationTables, 'generation'>;

function byTable(differences: readonly Difference[]): Map<Table, string[]> {
  const keys = new Map<Table, string[]>();
  for (const { table, key } of differences) {
    const known = keys.get(table as Table);
    if (known) known.push(key);
    else keys.set(table as Table, [key]);
  }
  return keys;
}
