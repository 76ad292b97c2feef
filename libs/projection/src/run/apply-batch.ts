import { type Position } from '../stream/position.js';
import type { Applied, Deferred, ProjectedEvent } from '../projection.js';
import { park, type Poison } from '../store/dead-letters.js';
import { recordDeferred } from '../store/deferred-work.js';
import { movePosition } from '../store/position.js';
import { pipelined } from '../store/transaction.js';
import { learnForms } from '../stream/event-forms.js';
import { fingerprint } from '../stream/fingerprint.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { rowsAtOnceOf, type BatchTarget } from './batch-target.js';
import { classify, type ClassifiedMessages } from './classify-messages.js';
import { applyByProjection } from './fault-of-the-data.js';

/** The result of a batch. */
export interface BatchOutcome {
  readonly position: Position;
  readonly applied: readonly ProjectedEvent[];
  readonly stale: readonly ProjectedEvent[];
  /** Types that the projection does not know, one per message. */
  readonly skipped: readonly string[];
  readonly parked: readonly Poison[];
  /** Work recorded for later. */
  readonly deferred: readonly Deferred[];
}

/**
 * Applies a batch: rows, dead letters, position and lease in one transaction, or nothing at all.
 * @param messages in stream order, at least one, all beyond the position
 * @param classified how to handle them
 * @throws the error of the fence, PositionMoved, ProjectionFault, or an error of PostgreSQL; the transaction is rolled back
 */
export async function applyBatch(
  target: BatchTarget,
  messages: readonly StreamMessage[],
  classified: ClassifiedMessages = classify(messages),
): Promise<BatchOutcome> {
  const { events, skipped, poison } = classified;
  const { projection, client, position: from, fence } = target;
  const last = messages.at(-1)!;
  const to: Position = {
    ...from,
    sequence: last.sequence,
    fingerprint: fingerprint(last),
    // Nothing is learnt from messages that become dead letters together: whatever was wrong with them, they must pass.
    eventForms: learnForms(from, events.length > 0 ? messages : []),
  };
  const { effective, deferred } = await pipelined(
    client,
    fence,
    () => applyIn(target, events, messages),
    ({ deferred, written }, begunAt) => {
      const completeAt = target.completeAt?.(last.sequence);
      return [
        written,
        recordDeferred(client, from.generation, deferred),
        park(client, projection, to, poison),
        movePosition(client, from, to, completeAt === undefined ? null : begunAt - completeAt),
      ];
    },
  );
  return {
    position: to,
    applied: events.filter((event) => effective.has(event)),
    stale: events.filter((event) => !effective.has(event)),
    skipped,
    parked: poison,
    deferred,
  };
}

const NOTHING_APPLIED: Applied<ProjectedEvent> = { effective: new Set(), deferred: [], written: Promise.resolve() };

async function applyIn(
  { projection, client, position, defersAll = false }: BatchTarget,
  events: readonly ProjectedEvent[],
  messages: readonly StreamMessage[],
): Promise<Applied<ProjectedEvent>> {
  if (events.length === 0) return NOTHING_APPLIED;
  const sequences = new Map<ProjectedEvent, number>();
  for (const { decoded, sequence } of messages) if (decoded.kind === 'event') sequences.set(decoded.event, sequence);
  const sequenceOf = (isIt: (event: ProjectedEvent) => boolean) => sequences.get(events.find(isIt)!)!;
  const applied = await applyByProjection(projection, client, events, {
    generation: position.generation,
    rowsAtOnce: defersAll ? 0 : rowsAtOnceOf(projection),
    // When the batch commits, answers hold everything before this event.
    completeBefore: (isIt) => sequenceOf(isIt) - 1,
    placeOf: (event) => ({ position: sequences.get(event)!, turn: 0 }),
  });
  // If the fence rejects, this promise is not awaited.
  applied.written.catch(() => undefined);
  return applied;
}
