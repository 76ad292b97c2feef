import { isFaultOfTheData } from '#read-model/postgres-errors.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { applyBatch, type BatchOutcome, type BatchTarget } from './apply-batch.js';

/**
 * Applies a batch. One that PostgreSQL refuses for its data is halved until only the poison is left, which is parked.
 * @param committed told of every part that was committed, in order
 * @throws what {@link applyBatch} throws, but for faults of the data
 */
export async function applyOrPark(
  target: BatchTarget,
  messages: readonly StreamMessage[],
  committed: (outcome: BatchOutcome, messages: readonly StreamMessage[]) => void,
): Promise<void> {
  try {
    committed(await applyBatch(target, messages), messages);
  } catch (error) {
    if (!isFaultOfTheData(error)) throw error;
    if (messages.length === 1) {
      committed(await applyBatch(target, messages, `PostgreSQL refused it: ${(error as Error).message}`), messages);
      return;
    }
    const half = messages.length >> 1;
    let position = target.position;
    await applyOrPark(target, messages.slice(0, half), (outcome, part) => {
      position = outcome.position;
      committed(outcome, part);
    });
    await applyOrPark({ ...target, position }, messages.slice(half), committed);
  }
}
