import type { Client } from 'pg';
import { decode } from '#token-events/decode.js';
import type { DomainEvent } from '#token-events/events.js';
import { generationTables } from '#read-model/generation-tables.js';
import { fingerprint } from '../consume/fingerprint.js';
import { movePosition, type Position } from '../consume/position.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { park, type Poison } from '../dead-letters/park.js';
import { renewLease, type Lease } from '../lead/lease.js';
import { fold } from './fold.js';
import { loadCurrent } from './load-current.js';
import { reduceBatch } from './reduce.js';
import { saveChanges } from './save-changes.js';

/** What became of the messages of a batch. */
export interface BatchOutcome {
  readonly position: Position;
  readonly applied: readonly DomainEvent[];
  readonly stale: readonly DomainEvent[];
  /** Types that are none of ours, one per message. */
  readonly skipped: readonly string[];
  readonly parked: readonly Poison[];
}

export interface BatchContext {
  readonly client: Client;
  readonly lease: Lease;
  readonly position: Position;
}

/**
 * Applies a batch: rows, counts, memberships, dead letters, position and lease in one transaction, or nothing at all.
 * @param messages in stream order, at least one, all beyond the position
 * @param isPoison reason to park every message undecoded: what is left when PostgreSQL refuses a single event
 * @throws LeaseLost, PositionMoved, or whatever PostgreSQL says; the transaction is rolled back
 */
export async function applyBatch(
  context: BatchContext,
  messages: readonly StreamMessage[],
  isPoison?: string,
): Promise<BatchOutcome> {
  const { client, lease, position: from } = context;
  const { events, skipped, poison } = sortOut(messages, isPoison);
  const last = messages.at(-1)!;
  const to: Position = { ...from, sequence: last.sequence, fingerprint: fingerprint(last) };
  const tables = generationTables(from.generation);
  const batch = reduceBatch(events);
  try {
    const [, , current] = await Promise.all([
      client.query('begin'),
      renewLease(client, lease),
      loadCurrent(client, tables, batch),
    ]);
    const changes = fold(batch, current);
    await Promise.all([
      saveChanges(client, tables, changes),
      park(client, to, poison),
      movePosition(client, from, to, last.pending === 0 ? performance.now() - last.receivedAt : null),
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

function sortOut(messages: readonly StreamMessage[], isPoison: string | undefined) {
  const events: DomainEvent[] = [];
  const skipped: string[] = [];
  const poison: Poison[] = [];
  for (const message of messages) {
    if (isPoison !== undefined) {
      poison.push({ message, reason: isPoison });
      continue;
    }
    const decoded = decode(message.payload, message.headers);
    switch (decoded.kind) {
      case 'event':
        events.push(decoded.event);
        break;
      case 'skipped':
        skipped.push(decoded.type);
        break;
      case 'rejected':
        poison.push({ message, reason: decoded.reason });
        break;
    }
  }
  return { events, skipped, poison };
}
