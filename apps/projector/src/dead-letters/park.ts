import type { Traces } from '#token-events/decode.js';
import type { Client, ClientBase } from 'pg';
import type { Position } from '../consume/position.js';
import type { StreamMessage } from '../consume/stream-message.js';

/** A message that cannot be applied, and why. */
export interface Poison extends Traces {
  readonly message: StreamMessage;
  readonly reason: string;
}

export const PARK = {
  name: 'park',
  text: `insert into dead_letter (stream, stream_created, sequence, subject, headers, payload, reason)
select $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[])
on conflict (stream, stream_created, sequence) do nothing`,
};

/** Puts poison aside inside the batch's transaction. A message is parked once, however often it comes by. */
export async function park(client: Client, stream: Position, poison: readonly Poison[]): Promise<void> {
  if (poison.length === 0) return;
  await client.query({
    ...PARK,
    values: [
      stream.stream,
      stream.streamCreated,
      poison.map(({ message }) => message.sequence),
      poison.map(({ message }) => storable(message.subject)),
      poison.map(({ message }) => JSON.stringify([...message.headers])),
      poison.map(({ message }) => Buffer.from(message.payload)),
      poison.map(({ reason }) => storable(reason)),
    ],
  });
}

/** Whether the message at a sequence was parked ever, be it resolved since or not. */
export async function isParked(
  client: ClientBase,
  { stream, streamCreated }: Position,
  sequence: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'select 1 from dead_letter where stream = $1 and stream_created = $2 and sequence = $3',
    [stream, streamCreated, sequence],
  );
  return rowCount !== 0;
}

function storable(text: string): string {
  return text.replaceAll('\0', '\u2400').toWellFormed();
}
