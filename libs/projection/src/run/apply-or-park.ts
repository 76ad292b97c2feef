import { type Position } from '../stream/position.js';
import { isTimeout } from '#service-runtime/postgres/postgres-errors.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { applyBatch, type BatchOutcome } from './apply-batch.js';
import type { BatchTarget } from './batch-target.js';
import { allAsPoison } from './classify-messages.js';
import { faultOfTheData } from './fault-of-the-data.js';

type Committed = (outcome: BatchOutcome, messages: readonly StreamMessage[]) => void;

/**
 * Applies a batch. If its data forbid that, halves it until only the poison is left, and parks that. If it takes too long, applies it event
 * by event. An event that takes too long alone gets more time: it is never parked for that.
 * @param committed called for every part that was committed, in order
 * @throws the errors of {@link applyBatch} except faults of the data
 */
export async function applyOrPark(
  target: BatchTarget,
  messages: readonly StreamMessage[],
  committed: Committed,
): Promise<void> {
  try {
    committed(await applyBatch(target, messages), messages);
  } catch (error) {
    if (isTimeout(error)) return takeMoreTime(target, messages, committed, error);
    const reason = faultOfTheData(error);
    if (reason === undefined) throw error;
    if (messages.length === 1) {
      // The message becomes a dead letter, and the position moves on.
      const poison = allAsPoison(messages, reason);
      committed(await applyBatch(target, messages, poison), messages);
      return;
    }
    const half = messages.length >> 1;
    await applyParts(target, [messages.slice(0, half), messages.slice(half)], committed);
  }
}

async function takeMoreTime(
  target: BatchTarget,
  messages: readonly StreamMessage[],
  committed: Committed,
  error: unknown,
): Promise<void> {
  if (messages.length > 1)
    return applyParts(
      target,
      messages.map((message) => [message]),
      committed,
    );
  if (!(await target.moreTime?.())) throw error;
  await applyOrPark(target, messages, committed);
}

async function applyParts(
  target: BatchTarget,
  parts: readonly (readonly StreamMessage[])[],
  committed: Committed,
): Promise<void> {
  let position: Position = target.position;
  for (const part of parts) {
    await applyOrPark({ ...target, position }, part, (outcome, applied) => {
      position = outcome.position;
      committed(outcome, applied);
    });
  }
}
