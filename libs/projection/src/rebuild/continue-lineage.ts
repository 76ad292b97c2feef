import type { Client } from 'pg';
import type { ChangeOrder } from '../change-order.js';
import { beginLineage, inheritLineage } from '../store/change-places.js';
import { planForManyRows } from '../store/many-rows.js';
import { positionOf } from '../store/position.js';
import { inTransaction } from '../store/transaction.js';
import type { LeadersWork } from './leaders-work.js';

/**
 * Whether readers who follow the changes of the live generation can continue in the new one: that was made from the same stream, and has
 * the same rows.
 */
function canContinue({ order, live, differences }: LeadersWork): boolean {
  return order.stream === null && !live.isOtherSchema && differences?.length === 0;
}

/**
 * Takes over the places of all changes so far, and what the live generation remembers of the past. That takes long for a large table, and
 * the live generation continues meanwhile: the switch takes over the rest.
 * @returns the position from which the rest has to be taken over; undefined if readers must begin again
 */
export async function takeOverChanges(work: LeadersWork): Promise<number | undefined> {
  const { parts, live } = work;
  const { projection, client, fence, generation: to } = parts;
  if (!projection.changes || !canContinue(work)) return undefined;
  const { generation: from } = live.position;
  // The comparison may have taken long. Without this, the switch would have to take over everything since the comparison began.
  await work.withLivePaused(() => Promise.resolve());
  return inTransaction(client, async () => {
    await fence(client);
    await planForManyRows(client);
    return takeOver(client, projection.changes!, { from, to });
  });
}

/** @returns the position from which the rest has to be taken over at the switch */
export async function takeOver(
  client: Client,
  changes: ChangeOrder,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  // The new generation continues from its own position until the switch. The rows that it changes meanwhile get earlier places again.
  const [live, next] = [await positionOf(client, from), await positionOf(client, to)];
  await changes.carryOver(client, { from, to }, 0);
  return Math.min(live.sequence, next.sequence);
}

/** Part of the switch. @param since see {@link takeOverChanges} */
export async function continueLineage(
  { parts, live }: LeadersWork,
  client: Client,
  since: number | undefined,
): Promise<void> {
  const { projection, generation: to } = parts;
  if (since === undefined) return beginLineage(client, to);
  const { generation: from } = live.position;
  await projection.changes!.carryOver(client, { from, to }, since);
  await inheritLineage(client, from, to);
}
