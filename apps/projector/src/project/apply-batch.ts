import type { Client } from 'pg';
import type { DomainEvent } from '#token-events/events.js';
import { generationTables } from '#read-model/generation-tables.js';
import { fingerprint } from '../consume/fingerprint.js';
import { movePosition, type Position } from '../consume/position.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { park, type Poison } from '../dead-letters/park.js';
import { fold } from './fold.js';
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
}

/** Where a batch goes, and under what right. */
export interface BatchTarget {
  readonly client: Client;
  readonly position: Position;
  /** Inside the transaction: rejects when this writer may not write (any more). */
  readonly fence: (client: Client) => Promise<void>;
  /** When, by `performance.now()`, the stream last was known to hold nothing beyond a sequence; undefined when that is not known. */
  readonly completeAt?: (sequence: number) => number | undefined;
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
    const [begunAt, , current] = await together([begun, fence(client), loadCurrent(client, tables, batch)]);
    const changes = fold(batch, current);
    const completeAt = target.completeAt?.(last.sequence);
    await together([
      saveChanges(client, tables, changes),
      park(client, to, poison),
      movePosition(client, from, to, completeAt === undefined ? null : begunAt - completeAt),
    ]);
    await client.query('commit');
    return {
      position: to,
      applied: events.filter((event) => changes.effective.has(event)),
      stale: events.filter((event) => !changes.effective.has(event)),
      skipped,
      parked: poison,
    };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
