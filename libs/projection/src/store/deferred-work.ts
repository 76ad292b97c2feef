import type { Client, ClientBase } from 'pg';
import type { Deferred, DeferredProgress } from '../projection.js';
import { bigints } from './binary-arrays.js';
import type { Statement } from './statement.js';

/*
 * Table `deferred_work`: per generation and item, how far work on many rows has come. While there is any, answers of the generation claim
 * only the position before the earliest item. The generation's own row has that position too, so readers need not read this table.
 */

/**
 * If work on an item is recorded again, rows that are done already have to be done once more, all others need not. It is ended all the same
 * first: if it began again at once, an item that is recorded often would never end, and the position would stand still.
 */
export const RECORD_DEFERRED: Statement = {
  name: 'record_deferred',
  text: `with recorded as (
  insert into deferred_work as d (generation, item, complete_to)
  select $1, * from unnest($2::bigint[], $3::bigint[])
  on conflict (generation, item) do update
  set again_to = case when d.last_done > 0 then least(d.again_to, excluded.complete_to) else d.again_to end,
    complete_to = least(d.complete_to, excluded.complete_to)
  returning d.complete_to
)
update generation set complete_to = least(complete_to, (select min(recorded.complete_to) from recorded)) where number = $1`,
};

export const MOVE_DEFERRED: Statement = {
  name: 'move_deferred',
  text: `update deferred_work set last_done = $3, rows_done = rows_done + $4 where generation = $1 and item = $2`,
};

export const END_DEFERRED: Statement = {
  name: 'end_deferred',
  text: `with once_more as (
  update deferred_work set complete_to = again_to, again_to = null, last_done = 0, rows_done = 0
  where generation = $1 and item = any($2::bigint[]) and again_to is not null
)
delete from deferred_work where generation = $1 and item = any($2::bigint[]) and again_to is null`,
};

const COUNT_DEFERRED: Statement = {
  name: 'count_deferred',
  text: `select count(*) as items from deferred_work where generation = $1`,
};

/** Call it inside the transaction that makes the work necessary: then no answer claims to hold its effect before it is done. */
export async function recordDeferred(client: Client, generation: number, work: readonly Deferred[]): Promise<void> {
  if (work.length === 0) return;
  await client.query({
    ...RECORD_DEFERRED,
    values: [generation, bigints(work.map(({ item }) => item)), bigints(work.map(({ completeTo }) => completeTo))],
  });
}

/** The number of unfinished items of a generation. */
export async function countDeferred(client: Pick<ClientBase, 'query'>, generation: number): Promise<number> {
  const { rows } = await client.query<{ items: string }>({ ...COUNT_DEFERRED, values: [generation] });
  return Number(rows[0]!.items);
}

/** Call it inside the transaction that has done a part of the work. */
export async function advanceDeferred(
  client: Client,
  generation: number,
  { ended, begun }: DeferredProgress,
): Promise<void> {
  const writes: Promise<unknown>[] = [];
  if (ended.length > 0) writes.push(client.query({ ...END_DEFERRED, values: [generation, bigints(ended)] }));
  if (begun) {
    const { item, lastDone, rows } = begun;
    writes.push(client.query({ ...MOVE_DEFERRED, values: [generation, item, lastDone, rows] }));
  }
  await Promise.all(writes);
}
