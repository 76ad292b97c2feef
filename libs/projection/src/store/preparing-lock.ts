import type { Client } from 'pg';
import type { Projection } from '../projection.js';

type Named = Pick<Projection, 'name'>;

/**
 * Held by the one projector of a projection that makes a generation without leading. Any number, as long as every projector takes the same
 * one: two generations that are made at once would take the disk and the time of both. The second number is the projection's.
 */
const PREPARING_LOCK = 7_146_202;

/** For as long as the connection lives. @returns false where another projector has it */
export async function lockPreparing(client: Client, { name }: Named): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as mine', [
    PREPARING_LOCK,
    name,
  ]);
  return rows[0]!.mine;
}

/** And nobody begins to before the transaction ends. @param client inside a transaction */
export async function isNobodyPreparing(client: Client, { name }: Named): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1, hashtext($2)) as free', [
    PREPARING_LOCK,
    name,
  ]);
  return rows[0]!.free;
}
