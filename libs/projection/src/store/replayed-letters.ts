import type { Client } from 'pg';
import type { Decoded, Projection } from '../projection.js';
import { decodeOrReject } from '../stream/decode-or-reject.js';
import type { HeaderEntries } from '../stream/message-headers.js';
import type { Position } from '../stream/position.js';

type Named = Pick<Projection, 'name'>;

/** Letters are as large as messages; this many are in memory at a time. */
export const LETTERS_AT_A_TIME = 50;

/** The stored message of a letter. */
interface StoredContents {
  readonly id: string;
  readonly headers: string;
  readonly payload: Buffer;
}

/** The stream that a generation is made from. Only letters of the current stream count, not of an earlier stream with its name. */
export interface LetterStream {
  readonly stream: string;
  readonly streamCreated: string;
}

/** A place in the order in which letters were replayed. */
export interface LetterPlace {
  readonly resolvedAt: string;
  readonly id: string;
}

export const BEFORE_ALL_LETTERS: LetterPlace = { resolvedAt: '-infinity', id: '0' };

/**
 * Whether a letter is of the stream that the read model is made from. A letter of an archive is, too: a rebuild reads the archive, or an
 * operator has replayed the letter. A letter of an earlier stream with the same name is not.
 */
const isOfStream = (stream: string, created: string) =>
  `(stream <> ${stream} or split_part(stream_created, '#', 1) = ${created})`;

export interface ReplayedLetter {
  readonly place: LetterPlace;
  readonly decoded: Decoded;
}

/** The next letters that were replayed after a place, as this release decodes them; an empty list: there are no more. */
export async function nextReplayed(
  client: Client,
  projection: Projection,
  { stream, streamCreated }: LetterStream,
  { resolvedAt, id }: LetterPlace,
): Promise<ReplayedLetter[]> {
  const { rows } = await client.query<StoredContents & { resolved_at: string }>(
    `select id, resolved_at::text, headers, payload from dead_letter
    where projection = $5 and resolution = 'replayed' and payload <> '' and (resolved_at, id) > ($1::timestamptz, $2::bigint)
      and ${isOfStream('$3', '$4')}
    order by dead_letter.resolved_at, id limit ${LETTERS_AT_A_TIME}`,
    [resolvedAt, id, stream, streamCreated, projection.name],
  );
  return rows.map((row) => ({
    place: { resolvedAt: row.resolved_at, id: row.id },
    decoded: decodeLetter(projection, row),
  }));
}

/**
 * Open letters, and replayed letters that still have their contents, as this release decodes them. Rejects those of another stream than the
 * position's: no job would apply them, so what they did would be lost in the next rebuild.
 * @param client inside a transaction
 */
export async function replayableLetters(
  client: Client,
  projection: Projection,
  { stream, streamCreated }: Position,
  ids: readonly string[],
): Promise<Map<string, Decoded>> {
  const { rows } = await client.query<StoredContents & { from: string; created: string; is_foreign: boolean }>(
    `select id, stream as from, stream_created as created, ${isOfStream('$3', '$4')} is false as is_foreign, headers, payload from dead_letter
    where projection = $2 and id = any($1::bigint[]) and (resolution is null or (resolution = 'replayed' and payload <> ''))
    order by sequence for update`,
    [ids, projection.name, stream, streamCreated],
  );
  return new Map(
    rows.map((row) => {
      const { id, from, created, is_foreign: isForeign } = row;
      const reason = `it is from the stream ${from} made ${created}, and the read model is from the one made ${streamCreated}: replay it after a rebuild from its stream, or have its event published again`;
      return [id, isForeign ? { kind: 'rejected', reason } : decodeLetter(projection, row)];
    }),
  );
}

export async function markReplayed(client: Client, ids: readonly string[]): Promise<void> {
  await client.query(
    `update dead_letter set resolution = 'replayed', resolved_at = now() where id = any($1::bigint[])`,
    [ids],
  );
}

/**
 * Removes the contents of replayed letters, once no roll-back can need them: the time for one is over, and no older generation is left. A
 * rebuild reads the message itself, which this release can apply.
 */
export async function emptyReplayed(client: Client, { name }: Named, keepHours: number): Promise<void> {
  await client.query(
    `update dead_letter set payload = '', headers = '[]' where id in (
      select id from dead_letter letter where projection = $2 and resolution = 'replayed' and payload <> ''
      and resolved_at < clock_timestamp() - $1 * interval '1 hour'
      and not exists (select 1 from generation g where g.projection = $2 and g.state <> 'live' and g.created_at < letter.resolved_at)
      order by resolved_at, id limit 1000)`,
    [keepHours, name],
  );
}

/** How many letters operators have replayed since then, into another generation than the one that was live before. */
export async function countReplayedSince(
  client: Client,
  { name }: Pick<Projection, 'name'>,
  since: Date,
): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from dead_letter where projection = $1 and resolution = 'replayed' and resolved_at >= $2`,
    [name, since],
  );
  return Number(rows[0]!.count);
}

/** The current time of the database: letters replayed from now on have a later time. */
export async function timeOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now');
  return rows[0]!.now;
}

function decodeLetter(projection: Projection, { headers, payload }: StoredContents): Decoded {
  return decodeOrReject(projection, payload, JSON.parse(headers) as HeaderEntries);
}
