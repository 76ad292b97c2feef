import type { DataSource, EntityManager } from 'typeorm';
import { LOCK_NOT_AVAILABLE, QUERY_CANCELED, sqlState } from '#service-runtime/postgres/postgres-errors.js';
import type { DatabaseFacts } from './read-database.js';
import type { GenerationStatus, Status, TableSize } from './status.js';

export interface Sizes {
  /** Every table of every generation, its indexes included. */
  readonly tables: readonly TableSize[];
  readonly databaseBytes: number;
}

export type SizedFacts = Omit<DatabaseFacts, 'generations'> &
  Pick<Status, 'strayTables' | 'databaseBytes'> & { readonly generations: readonly GenerationStatus[] };

const SIZES_WITHIN_MS = 2_000;

/**
 * PostgreSQL opens a table to measure it, so another session that has locked the table holds up this answer.
 * @throws {Error} when the sizes cannot be read in a short time
 */
export async function readSizes(dataSource: DataSource): Promise<Sizes> {
  try {
    return await dataSource.transaction(async (manager) => {
      await manager.query(
        `set local lock_timeout = ${SIZES_WITHIN_MS / 2}; set local statement_timeout = ${SIZES_WITHIN_MS}`,
      );
      return { tables: await tableSizes(manager), databaseBytes: await databaseSize(manager) };
    });
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new Error(`the sizes are not known: ${reason}`, { cause: error });
  }
}

function reasonOf(error: unknown): string | undefined {
  const state = sqlState(error);
  if (state === LOCK_NOT_AVAILABLE) return 'another session has locked a table of a generation; see pg_locks';
  return state === QUERY_CANCELED
    ? `PostgreSQL did not measure them within ${SIZES_WITHIN_MS / 1_000} seconds`
    : undefined;
}

/** PostgreSQL gives null as the size of a table that is being dropped. */
async function tableSizes(manager: EntityManager): Promise<TableSize[]> {
  const rows = await manager.query<{ name: string; bytes: string | null }[]>(
    `select relname as name, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and pg_table_is_visible(oid) and relname ~ '^token(_[a-z]+)*_[0-9]+$' order by relname`,
  );
  return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}

async function databaseSize(manager: EntityManager): Promise<number> {
  const [row] = await manager.query<{ bytes: string }[]>('select pg_database_size(current_database()) as bytes');
  return Number(row!.bytes);
}

/**
 * @param sizes null: not known
 * @param later the generations after they were measured
 */
export function withSizes(
  facts: DatabaseFacts,
  sizes: Sizes | null,
  later: DatabaseFacts['generations'] = [],
): SizedFacts {
  const bytesOf = (names: readonly string[]) =>
    sizes && sizes.tables.reduce((sum, { name, bytes }) => (names.includes(name) ? sum + bytes : sum), 0);
  const known = new Set([...facts.generations, ...later].flatMap(({ tables }) => tables));
  return {
    ...facts,
    generations: facts.generations.map(({ tables, ...one }) => ({ ...one, bytes: bytesOf(tables) })),
    strayTables: sizes && sizes.tables.filter(({ name }) => !known.has(name)),
    databaseBytes: sizes && sizes.databaseBytes,
  };
}
