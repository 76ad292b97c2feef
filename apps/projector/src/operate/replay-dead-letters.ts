import { decode } from '#token-events/decode.js';
import type { Client } from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import { isFaultOfTheData } from '#read-model/postgres-errors.js';
import { ServiceError } from '#service-runtime/service-error.js';
import type { StreamMessage } from '../consume/stream-message.js';
import type { Leading } from '../lead/leading.js';
import { renewLease } from '../lead/lease.js';
import { fold } from '../project/fold.js';
import { loadCurrent } from '../project/load-current.js';
import { reduceBatch } from '../project/reduce.js';
import { saveChanges } from '../project/save-changes.js';
import { sortOut } from '../project/sort-out.js';

export interface Replayed {
  readonly replayed: readonly string[];
  /** Letters whose message still cannot be applied, or which are not there. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Applies parked messages now. They take effect by their version like any other event, so it does not matter how late they come.
 * @param ids of open dead letters
 */
export function replayDeadLetters(leading: Leading, ids: readonly string[]): Promise<Replayed> {
  return leading.betweenBatches(async (now) => {
    if (now.isOtherSchema)
      throw new ServiceError(503, 'The live generation is of another schema version; try again later.');
    return replayOrRefuse(now, ids);
  });
}

/** Letters that PostgreSQL refuses for their data are halved until only those are left, which stay open. */
async function replayOrRefuse(leading: Leading, ids: readonly string[]): Promise<Replayed> {
  const { client, lease, position } = leading;
  try {
    await client.query('begin');
    await renewLease(client, lease);
    const outcome = await replay(client, position.generation, ids);
    await client.query('commit');
    return outcome;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    if (!isFaultOfTheData(error)) throw error;
    if (ids.length === 1)
      return { replayed: [], refused: [{ id: ids[0]!, reason: `PostgreSQL refused it: ${(error as Error).message}` }] };
  }
  const half = ids.length >> 1;
  const first = await replayOrRefuse(leading, ids.slice(0, half));
  const second = await replayOrRefuse(leading, ids.slice(half));
  return {
    replayed: [...first.replayed, ...second.replayed],
    refused: [...first.refused, ...second.refused],
  };
}

async function replay(client: Client, generation: number, ids: readonly string[]): Promise<Replayed> {
  const letters = await openLetters(client, ids);
  const refused = ids
    .filter((id) => !letters.has(id))
    .map((id) => ({ id, reason: 'there is no open dead letter with this id' }));
  const replayed: string[] = [];
  const events = [...letters].flatMap(([id, message]) => {
    const { events: decoded, poison } = sortOut([message]);
    if (poison[0]) refused.push({ id, reason: poison[0].reason });
    else replayed.push(id);
    return decoded;
  });
  const tables = generationTables(generation);
  const batch = reduceBatch(events);
  await saveChanges(client, tables, fold(batch, await loadCurrent(client, tables, batch)));
  await client.query(
    `update dead_letter set resolution = 'replayed', resolved_at = now(), payload = '', headers = '[]' where id = any($1::bigint[])`,
    [replayed],
  );
  return { replayed, refused };
}

async function openLetters(client: Client, ids: readonly string[]): Promise<Map<string, StreamMessage>> {
  const { rows } = await client.query<{
    id: string;
    sequence: string;
    subject: string;
    headers: string;
    payload: Buffer;
  }>(
    'select id, sequence, subject, headers, payload from dead_letter where id = any($1::bigint[]) and resolution is null order by sequence for update',
    [ids],
  );
  return new Map(
    rows.map(({ id, sequence, subject, headers: headersText, payload }) => {
      const headers = JSON.parse(headersText) as [string, string[]][];
      const decoded = decode(payload, headers);
      return [id, { sequence: Number(sequence), subject, headers, payload, decoded, storedAtNanos: 0n }];
    }),
  );
}
