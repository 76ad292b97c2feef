import type { ClientBase } from 'pg';

/** What the database itself says of the live generation, whichever process writes it. */
export interface Standing {
  readonly position: number;
  /** Since the tables were last known to hold everything the stream held. */
  readonly lagSeconds: number;
  /** Why it is not kept up to date; null while it is. */
  readonly staleBecause: string | null;
}

/** undefined: there is no live generation. */
export async function readStanding(client: ClientBase): Promise<Standing | undefined> {
  const { rows } = await client.query<{ position: string; lag: number; stale_because: string | null }>(
    `select position, stale_because,
      date_part('epoch', greatest(clock_timestamp() - coalesce(caught_up_at, created_at), interval '0')) as lag
    from generation where state = 'live'`,
  );
  const row = rows[0];
  return row && { position: Number(row.position), lagSeconds: row.lag, staleBecause: row.stale_because };
}
