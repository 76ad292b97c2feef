import type { Client } from 'pg';
import type { Projection } from '../projection.js';
import { every, type Periodic } from './every.js';

type Named = Pick<Projection, 'name'>;

/**
 * Of a projection's projectors, the one that makes a generation without leading holds this lock. Any number works, if every projector uses
 * the same one: two generations made at once would share disk and time. The second number is the projection's.
 */
const PREPARING_LOCK = 7_146_202;

/** PostgreSQL ends the connection of a projector that says nothing for this long, and with it the lock. */
const SILENCE_MS = 10_000;

/**
 * Holds the lock as long as the connection lives, and not while this process stands still: see {@link keepPreparing}.
 * @returns false if another projector has it
 */
export async function lockPreparing(client: Client, { name }: Named): Promise<boolean> {
  await client.query(`set idle_session_timeout = ${SILENCE_MS}`);
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as mine', [
    PREPARING_LOCK,
    name,
  ]);
  return rows[0]!.mine;
}

/** Keeps a lock that this process has, until it is stopped. */
export function keepPreparing(client: Client): Periodic {
  return every(SILENCE_MS / 10, async () => void (await client.query('select')));
}

/** Also keeps other projectors from preparing before the transaction ends. @param client inside a transaction */
export async function isNobodyPreparing(client: Client, { name }: Named): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1, hashtext($2)) as free', [
    PREPARING_LOCK,
    name,
  ]);
  return rows[0]!.free;
}
