import { type Position } from '../stream/position.js';
import { bounded } from '#service-runtime/log-texts.js';
import type { Client, ClientBase } from 'pg';
import type { EventTraces, Projection } from '../projection.js';
import { millisecondsOf } from '../stream/nanoseconds.js';
import type { KeptMessage } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import type { Statement } from './statement.js';
import { letterDigest } from './letter-digest.js';
import { storable } from './storable.js';

type Named = Pick<Projection, 'name'>;

/** A message that cannot be applied, and why. */
export interface Poison extends EventTraces {
  readonly message: StreamMessage;
  readonly reason: string;
}

/**
 * Whether a letter belongs to a message: by the digest. If the letter has none (letters of earlier releases), by subject and time: the
 * message has the letter's subject, and was stored before the letter was first seen; one minute is allowed for clocks that differ.
 */
const isLetterOf = (letter: string, digest: string, subject: string, storedAt: string) =>
  `(${letter}.digest = ${digest} or (${letter}.digest = '' and ${letter}.subject = ${subject} and ${storedAt} < ${letter}.first_seen_at + interval '1 minute'))`;

/**
 * Writes one letter per message. Each letter is looked up by its key: with any other join, a plan made while there were few letters reads
 * all letters of the stream for every message. If another message was parked at the sequence, the letter's `stream_created` gets a suffix:
 * projectors of the previous release rely on the key of stream, `created` and sequence.
 */
export const PARK: Statement = {
  name: 'park',
  text: `insert into dead_letter (projection, stream, stream_created, sequence, subject, headers, payload, reason, digest)
select $10, $1, case when known.id is null then $2::text else $2::text || '#' || given.digest end, given.sequence, given.subject, given.headers, given.payload, given.reason, given.digest
from unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::timestamptz[])
  given (sequence, subject, headers, payload, reason, digest, stored_at)
left join lateral (
  select letter.id, letter.digest, letter.subject, letter.first_seen_at from dead_letter letter
  where letter.projection = $10 and letter.stream = $1 and letter.stream_created = $2 and letter.sequence = given.sequence offset 0
) known on true
where known.id is null or not ${isLetterOf('known', 'given.digest', 'given.subject', 'given.stored_at')}
on conflict do nothing`,
};

/** Parks poison inside the batch's transaction. A message is parked once, however often it is read. */
export async function park(
  client: Client,
  { name }: Named,
  stream: Position,
  poison: readonly Poison[],
): Promise<void> {
  if (poison.length === 0) return;
  const messages = poison.map(({ message }) => message);
  const statement = {
    ...PARK,
    values: [
      stream.stream,
      stream.streamCreated,
      messages.map(({ sequence }) => sequence),
      messages.map(({ subject }) => storable(subject)),
      messages.map(({ headers }) => JSON.stringify([...headers])),
      messages.map(({ payload }) => Buffer.from(payload)),
      poison.map(({ reason }) => storable(bounded(reason))),
      messages.map(letterDigest),
      messages.map(storedAt),
      name,
    ],
  };
  const { rowCount } = await client.query(statement);
  // A job may have parked another message at the same sequence at the same moment. Only a second statement sees that letter.
  if (rowCount !== poison.length) await client.query(statement);
}

/** Whether this message was ever parked; it may be resolved now. */
export async function isParked(
  client: ClientBase,
  { name }: Named,
  { stream, streamCreated }: Position,
  message: KeptMessage,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from dead_letter letter where projection = $7 and stream = $1 and stream_created in ($2, $2::text || '#' || $4::text) and sequence = $3
    and ${isLetterOf('letter', '$4', '$5', '$6::timestamptz')}`,
    [
      stream,
      streamCreated,
      message.sequence,
      letterDigest(message),
      storable(message.subject),
      storedAt(message),
      name,
    ],
  );
  return rowCount !== 0;
}

function storedAt(message: KeptMessage): string {
  return new Date(millisecondsOf(message.storedAtNanos)).toISOString();
}

/** How many letters wait for an operator. */
export async function countOpenLetters(client: ClientBase, { name }: Named): Promise<number> {
  const { rows } = await client.query<{ letters: string }>(
    'select count(*) as letters from dead_letter where projection = $1 and resolution is null',
    [name],
  );
  return Number(rows[0]!.letters);
}
