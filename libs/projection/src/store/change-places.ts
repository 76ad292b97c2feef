import type { Client } from 'pg';
import type { ChangePlace } from '../change-order.js';
import type { Statement } from './statement.js';

/*
 * Table `generation`: `lineage` names the order of changes that readers follow, and `turns` counts the changes out of the order of the
 * stream.
 */

export const NEXT_TURN: Statement = {
  name: 'next_turn',
  text: 'update generation set turns = turns + 1 where number = $1 returning position, turns',
};

/**
 * The place of a change that is not of the next event: after every place that a reader can have read. The row of the generation stays
 * locked until the transaction ends, so turns are committed in their order.
 */
export async function nextTurn(client: Client, generation: number): Promise<ChangePlace> {
  const { rows } = await client.query<{ position: string; turns: number }>({ ...NEXT_TURN, values: [generation] });
  return { position: Number(rows[0]!.position), turn: rows[0]!.turns };
}

/** Readers of `from` may continue in `to` from where they are. Until then a generation has a lineage of its own. */
export async function inheritLineage(client: Client, from: number, to: number): Promise<void> {
  await client.query(
    `update generation heir set lineage = former.lineage, turns = greatest(heir.turns, former.turns)
    from generation former where former.number = $1 and heir.number = $2`,
    [from, to],
  );
}

/** No reader of this generation, or of one before it, may continue from where it is. */
export async function beginLineage(client: Client, generation: number): Promise<void> {
  await client.query('update generation set lineage = gen_random_uuid() where number = $1', [generation]);
}

/** SQL: the same for the live generation. Its transaction holds the lease, so that no switch misses it. */
export const BEGIN_LINEAGE_OF_LIVE = `update generation set lineage = gen_random_uuid()
  where projection = $1 and state = 'live' returning number`;
