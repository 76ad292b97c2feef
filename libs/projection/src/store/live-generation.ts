import type { Client, ClientBase } from 'pg';
import type { Projection } from '../projection.js';

type Named = Pick<Projection, 'name'>;

/** Whether the database was migrated for this projection: another one's migration makes no generation for it. */
export async function hasLiveGeneration(client: Pick<ClientBase, 'query'>, { name }: Named): Promise<boolean> {
  const { rowCount } = await client.query(`select 1 from generation where projection = $1 and state = 'live'`, [name]);
  return rowCount !== 0;
}

/** Which release's tables the live generation has. */
export async function liveSchemaVersion(client: Pick<ClientBase, 'query'>, { name }: Named): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `select schema_version as version from generation where projection = $1 and state = 'live'`,
    [name],
  );
  if (!rows[0]) throw new Error('the database holds no live generation: run the migrations');
  return rows[0].version;
}

/** What the database itself says of the live generation, whichever process writes it. */
export interface Standing {
  readonly position: number;
  /** Since the tables were last known to hold everything the stream held. */
  readonly lagSeconds: number;
  /** Why it is not kept up to date; null while it is. */
  readonly staleBecause: string | null;
}

/** undefined: there is no live generation. */
export async function readStanding(client: ClientBase, { name }: Named): Promise<Standing | undefined> {
  const { rows } = await client.query<{ position: string; lag: number; stale_because: string | null }>(
    `select position, stale_because,
      date_part('epoch', greatest(clock_timestamp() - coalesce(caught_up_at, created_at), interval '0')) as lag
    from generation where projection = $1 and state = 'live'`,
    [name],
  );
  const row = rows[0];
  return row && { position: Number(row.position), lagSeconds: row.lag, staleBecause: row.stale_because };
}

/** Marks the answers of a generation as no longer kept up to date, or, with null, as kept up to date again. */
export async function markStale(client: Client, generation: number, because: string | null): Promise<void> {
  await client.query({
    name: 'mark_stale',
    text: 'update generation set stale_because = $2 where number = $1 and stale_because is distinct from $2',
    values: [generation, because],
  });
}

/** Whether a projector leads that cannot write the live generation, because that has tables of another release, and says so. */
export async function isHeldForSchemaChange(client: Pick<ClientBase, 'query'>, { name }: Named): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from generation join projector_lease using (projection)
    where projection = $1 and state = 'live' and stale_because = 'schema-version' and expires_at >= clock_timestamp()`,
    [name],
  );
  return rowCount === 1;
}
