import type { Client } from 'pg';

/** Where messages were missing: after this sequence, and seen when the stream ended at `until`. After 0: where reading began. */
export interface Gap {
  readonly after: number;
  readonly until: number;
}

/** A stream and how far it was read. `stream` is null before the first batch ever. */
export interface Position {
  readonly generation: number;
  readonly stream: string | null;
  /** The server's `created` of the stream: a stream made anew under the same name is another stream. */
  readonly streamCreated: string | null;
  readonly sequence: number;
  readonly fingerprint: string | null;
  /** The last one met in a stream with a limit per subject. */
  readonly gap?: Gap | null;
}

/** The position of the live generation. */
export function readPosition(client: Pick<Client, 'query'>): Promise<Position> {
  return select(client, `state = 'live'`, []);
}

export function positionOf(client: Client, generation: number): Promise<Position> {
  return select(client, 'number = $1', [generation]);
}

/** Of the live generation: which release's tables it has. */
export async function liveSchemaVersion(client: Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `select schema_version as version from generation where state = 'live'`,
  );
  if (!rows[0]) throw new Error('the database holds no live generation: run the migrations');
  return rows[0].version;
}

async function select(client: Pick<Client, 'query'>, which: string, values: unknown[]): Promise<Position> {
  const { rows } = await client.query<{
    number: number;
    stream: string | null;
    stream_created: string | null;
    position: string;
    position_fingerprint: string | null;
    gap_after: string | null;
    gap_until: string | null;
  }>(
    `select number, stream, stream_created, position, position_fingerprint, gap_after, gap_until from generation where ${which}`,
    values,
  );
  const row = rows[0];
  if (!row) throw new Error('the database holds no such generation: run the migrations');
  return {
    generation: row.number,
    stream: row.stream,
    streamCreated: row.stream_created,
    sequence: Number(row.position),
    fingerprint: row.position_fingerprint,
    gap: row.gap_after === null ? null : { after: Number(row.gap_after), until: Number(row.gap_until) },
  };
}

/** Thrown when somebody else moved the position: this writer's picture of the read model is out of date. */
export class PositionMoved extends Error {
  override readonly name = 'PositionMoved';
}

export const MOVE_POSITION = {
  name: 'move_position',
  text: `update generation g set stream = $4, stream_created = $5, position = $6, position_fingerprint = $7, gap_after = $9, gap_until = $10,
  complete_to = swept.complete_to, caught_up_at = case when swept.complete_to is null
    then coalesce(now() - $8::float8 * interval '1 millisecond', g.caught_up_at) else g.caught_up_at end
from (select min(s.complete_to) as complete_to from group_sweep s where s.generation = $1) swept
where number = $1 and stream_created is not distinct from $2 and position = $3`,
};

/**
 * Moves the position by compare-and-set, inside the transaction of the rows it stands for. While members of deleted groups are
 * still to be changed the answers claim less, and nobody has caught up.
 * @param caughtUpAgoMs the tables now hold everything the stream held so long before the transaction began; null when that is not known
 * @throws {PositionMoved}
 */
export async function movePosition(
  client: Client,
  from: Position,
  to: Position,
  caughtUpAgoMs: number | null,
): Promise<void> {
  const { rowCount } = await client.query({
    ...MOVE_POSITION,
    values: [
      from.generation,
      from.streamCreated,
      from.sequence,
      to.stream,
      to.streamCreated,
      to.sequence,
      to.fingerprint,
      caughtUpAgoMs,
      to.gap?.after ?? null,
      to.gap?.until ?? null,
    ],
  });
  if (rowCount !== 1)
    throw new PositionMoved(`the position is no longer ${from.sequence}: another projector has written`);
}

/** Marks the answers of a generation as no longer kept up to date, or, with null, as kept up to date again. */
export async function markStale(client: Client, generation: number, because: string | null): Promise<void> {
  await client.query({
    name: 'mark_stale',
    text: 'update generation set stale_because = $2 where number = $1 and stale_because is distinct from $2',
    values: [generation, because],
  });
}
