import type { Client, ClientBase } from 'pg';
import type { Projection } from '../projection.js';
import type { Position, SourceDoubt } from '../stream/position.js';
import type { Statement } from './statement.js';

/** The position of the live generation. */
export function readPosition(client: Pick<ClientBase, 'query'>, { name }: Pick<Projection, 'name'>): Promise<Position> {
  return select(client, `projection = $1 and state = 'live'`, [name]);
}

export function positionOf(client: Pick<ClientBase, 'query'>, generation: number): Promise<Position> {
  return select(client, 'number = $1', [generation]);
}

async function select(client: Pick<ClientBase, 'query'>, which: string, values: unknown[]): Promise<Position> {
  const { rows } = await client.query<{
    number: number;
    stream: string | null;
    stream_created: string | null;
    position: string;
    position_fingerprint: string | null;
    gap_after: string | null;
    gap_until: string | null;
    subject_limit: string | null;
    event_forms: string[] | null;
    source_doubts: SourceDoubt[] | null;
  }>(
    `select number, stream, stream_created, position, position_fingerprint, gap_after, gap_until, subject_limit, event_forms,
      case when source_doubts_at = position then source_doubts end as source_doubts from generation where ${which}`,
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
    gap: gapIn(row),
    subjectLimit: row.subject_limit === null ? null : Number(row.subject_limit),
    eventForms: row.event_forms,
    doubts: row.source_doubts ?? [],
  };
}

/** An operator who says that the stream has lost nothing leaves out where the gap ends: it is where the stream ends when that is read. */
function gapIn({ gap_after: after, gap_until: until }: { gap_after: string | null; gap_until: string | null }) {
  return after === null ? null : { after: Number(after), until: until === null ? Infinity : Number(until) };
}

/** Thrown if another process moved the position: this writer's copy of the position is out of date. */
export class PositionMoved extends Error {
  override readonly name = 'PositionMoved';
}

export const MOVE_POSITION: Statement = {
  name: 'move_position',
  text: `update generation g set stream = $4, stream_created = $5, position = $6, position_fingerprint = $7, gap_after = $9, gap_until = $10, subject_limit = $11,
  event_forms = coalesce($12, g.event_forms), complete_to = deferred.complete_to, caught_up_at = case when deferred.complete_to is null
    then coalesce(now() - $8::float8 * interval '1 millisecond', g.caught_up_at) else g.caught_up_at end
from (select min(d.complete_to) as complete_to from deferred_work d where d.generation = $1) deferred
where number = $1 and stream_created is not distinct from $2 and position = $3`,
};

/**
 * Moves the position by compare-and-set, inside the transaction that writes its rows. While deferred work is left, answers claim an earlier
 * position, and the generation does not count as caught up.
 * @param caughtUpAgoMs how long before the transaction began the stream was known to hold nothing more than the tables; null if that is not
 * known
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
      to.gap && Number.isFinite(to.gap.until) ? to.gap.until : null,
      to.subjectLimit ?? null,
      // Seldom is a form new, and this row is written with every batch.
      to.eventForms === from.eventForms ? null : (to.eventForms ?? null),
    ],
  });
  if (rowCount !== 1)
    throw new PositionMoved(`the position is no longer ${from.sequence}: another projector has written`);
}
