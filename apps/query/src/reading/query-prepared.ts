import { hash } from 'node:crypto';
import type { Pool, PoolClient, QueryArrayConfig, QueryArrayResult } from 'pg';

/**
 * Each takes some 330 KB of PostgreSQL's memory in each connection that has prepared it. Usual callers need some dozens, and those who
 * combine filters, orders and pages make thousands.
 */
export const MOST_STATEMENTS = 100;

/** PostgreSQL cuts longer names, so that two statements could have one. */
const MOST_CHARACTERS = 63;

const namesOf = new WeakMap<PoolClient, Set<string>>();

/** As `pool.query`. A connection that has prepared as many statements as it may is closed; the next one prepares what it needs again. */
export async function queryPrepared<Row extends unknown[]>(
  pool: Pool,
  query: QueryArrayConfig,
): Promise<QueryArrayResult<Row>> {
  const client = await pool.connect();
  let isUsable = false;
  try {
    const name = query.name === undefined ? undefined : nameOfItsOwn(query.name);
    const result = await client.query<Row>(name === undefined ? query : { ...query, name });
    isUsable = hasRoomAfter(client, name);
    return result;
  } finally {
    client.release(!isUsable);
  }
}

function hasRoomAfter(client: PoolClient, name: string | undefined): boolean {
  if (name === undefined) return true;
  const names = namesOf.get(client) ?? new Set();
  namesOf.set(client, names.add(name));
  return names.size < MOST_STATEMENTS;
}

function nameOfItsOwn(name: string): string {
  if (name.length <= MOST_CHARACTERS) return name;
  return `${name.slice(0, 40)}_${hash('sha256', name, 'hex').slice(0, 20)}`;
}
