import type { Client } from 'pg';
import type { Projection } from '../projection.js';
import type { Position } from '../stream/position.js';

/**
 * The server reports another `created` for the stream of a position: changes it wherever the stream is named, so that the other generations
 * can still be put back, and its dead letters are found. Does nothing if it is the same.
 * @param client inside a transaction that holds the lease
 * @param position one that was proven to be of the stream which was made `created`
 */
export async function adoptCreated(
  client: Client,
  { name }: Pick<Projection, 'name'>,
  { stream, streamCreated }: Position,
  created: string,
): Promise<void> {
  if (streamCreated === created) return;
  const values = [name, stream, streamCreated, created];
  await client.query(
    `update generation set stream_created = $4 where projection = $1 and stream = $2 and stream_created = $3`,
    values,
  );
  // A job of another projector may have parked the same message under the new one already.
  await client.query(
    `update dead_letter letter set stream_created = ${RENAMED}
    where projection = $1 and stream = $2 and split_part(stream_created, '#', 1) = $3 and not exists (
      select from dead_letter other where other.stream = $2 and other.stream_created = ${RENAMED} and other.sequence = letter.sequence)`,
    values,
  );
}

/** Letters may have a suffix, see `PARK`. */
const RENAMED = `$4::text || substr(letter.stream_created, length($3::text) + 1)`;
