import type { Client, ClientBase } from 'pg';
import type { Projection } from '../projection.js';
import type { SourceDoubt } from '../stream/position.js';

type Named = Pick<Projection, 'name'>;

/** Whether the database was migrated for this projection: the migration of another projection makes no generation for it. */
export async function hasLiveGeneration(client: Pick<ClientBase, 'query'>, { name }: Named): Promise<boolean> {
  const { rowCount } = await client.query(`select 1 from generation where projection = $1 and state = 'live'`, [name]);
  return rowCount !== 0;
}

/** The schema version of the live generation's tables. */
export async function liveSchemaVersion(client: Pick<ClientBase, 'query'>, { name }: Named): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `select schema_version as version from generation where projection = $1 and state = 'live'`,
    [name],
  );
  if (!rows[0]) throw new Error('the database holds no live generation: run the migrations');
  return rows[0].version;
}

/** Whether an operator has rolled back from this release, or from a newer one: only an operator may undo that. */
export async function isRolledBackFrom(
  client: Pick<ClientBase, 'query'>,
  { name, schemaVersion }: Pick<Projection, 'name' | 'schemaVersion'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from generation
    where projection = $1 and state = 'live' and schema_version < $2 and rolled_back_from >= $2`,
    [name, schemaVersion],
  );
  return rowCount !== 0;
}

/** What the database records about the live generation, whichever process writes it. */
export interface Standing {
  readonly position: number;
  /** Seconds since the tables were last known to hold everything in the stream. */
  readonly lagSeconds: number;
  /** Why no projector keeps it up to date; null while one does. */
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

/**
 * Marks a generation as no longer kept up to date, or, with null, as kept up to date again. Answers show the mark.
 * @param doubts as of {@link SourceChanged.doubts}, for this position; null leaves what is stored: an operator may have cleared it
 */
export async function markStale(
  client: Client,
  generation: number,
  because: string | null,
  doubts: readonly SourceDoubt[] | null,
): Promise<void> {
  await client.query({
    name: 'mark_stale',
    text: `update generation set stale_because = $2, source_doubts = coalesce($3, source_doubts),
        source_doubts_at = case when $3 is null then source_doubts_at else position end
      where number = $1 and (stale_because is distinct from $2
        or $3::text[] is not null and (source_doubts, source_doubts_at) is distinct from ($3, position))`,
    values: [generation, because, doubts],
  });
}

/**
 * Whether a projector of this release leads and reports that it cannot write the live generation, whose tables are of another release. It
 * continues an unfinished job of this release.
 */
export async function isHeldForSchemaChange(
  client: Pick<ClientBase, 'query'>,
  { name, schemaVersion }: Pick<Projection, 'name' | 'schemaVersion'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from generation g join projector_lease l using (projection)
    where projection = $1 and state = 'live' and stale_because = 'schema-version' and expires_at >= clock_timestamp()
      and coalesce(l.schema_version, $2) = $2`,
    [name, schemaVersion],
  );
  return rowCount === 1;
}
