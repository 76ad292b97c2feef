import type { DomainEvent } from '#token-events/events.js';
import { generationTables } from '#read-model/generation-tables.js';
import { fingerprint } from '../consume/fingerprint.js';
import { movePosition, type Position } from '../consume/position.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { park, type Poison } from '../dead-letters/park.js';
import { mayRunOut } from '../lead/lease.js';
import type { BatchTarget } from './batch-target.js';
import { foldLoaded } from './fold-loaded.js';
import { recordSweeps, type GroupSweep } from './group-sweeps.js';
import { loadCurrent } from './load-current.js';
import { reduceBatch } from './reduce.js';
import { saveChanges } from './save-changes.js';
import { sortOut } from './sort-out.js';
import { together } from './together.js';

/** What became of the messages of a batch. */
export interface BatchOutcome {
  readonly position: Position;
  readonly applied: readonly DomainEvent[];
  readonly stale: readonly DomainEvent[];
  /** Types that are none of ours, one per message. */
  readonly skipped: readonly string[];
  readonly parked: readonly Poison[];
  /** Deleted groups whose members are changed after the batch. */
  readonly sweeps: readonly GroupSweep[];
}

/**
 * Applies a batch: rows, counts, memberships, dead letters, position and lease in one transaction, or nothing at all.
 * @param messages in stream order, at least one, all beyond the position
 * @param isPoison reason to park every message undecoded: what is left when PostgreSQL refuses a single event
 * @throws what the fence says, PositionMoved, or whatever PostgreSQL says; the transaction is rolled back
 */
export async function applyBatch(
  target: BatchTarget,
  messages: readonly StreamMessage[],
  isPoison?: string,
): Promise<BatchOutcome> {
  const { client, position: from, fence } = target;
  const { events, skipped, poison } = sortOut(messages, isPoison);
  const last = messages.at(-1)!;
  const to: Position = { ...from, sequence: last.sequence, fingerprint: fingerprint(last) };
  const tables = generationTables(from.generation);
  const batch = reduceBatch(events);
  try {
    const begun = client.query('begin').then(() => performance.now());
    const [begunAt, , loaded] = await together([begun, fence(client), loadCurrent(client, tables, batch, target)]);
    const changes = await foldLoaded(client, tables, batch, loaded, target.pairsAtOnce);
    const sweeps = loaded.largeGroups.map((tokenGroupId) => sweepOf(tokenGroupId, messages));
    const completeAt = target.completeAt?.(last.sequence);
    await together([
      saveChanges(client, tables, changes),
      recordSweeps(client, from.generation, sweeps),
      park(client, to, poison),
      movePosition(client, from, to, completeAt === undefined ? null : begunAt - completeAt),
    ]);
    if (mayRunOut(begunAt)) await fence(client);
    await client.query('commit');
    return {
      position: to,
      applied: events.filter((event) => changes.effective.has(event)),
      stale: events.filter((event) => !changes.effective.has(event)),
      skipped,
      parked: poison,
      sweeps,
    };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Everything before the group's first deletion in the batch is in the answers when the batch is. */
function sweepOf(tokenGroupId: number, messages: readonly StreamMessage[]): GroupSweep {
  const first = messages.find(
    ({ decoded }) =>
      decoded.kind === 'event' &&
      decoded.event.type === 'token-group.deleted' &&
      decoded.event.data.tokenGroupId === tokenGroupId,
  )!;
  return { tokenGroupId, completeTo: first.sequence - 1 };
}
