import { aMembershipEvent, type CloudEvent } from '../../support/builders.js';
import type { ReadModelUnderTest } from '../../projector/read-model-under-test.js';

/** Of one event. */
const TOKENS_AT_ONCE = 500;

/** Applies events in batches of at most so many. */
export async function applyInBatches(model: ReadModelUnderTest, events: readonly CloudEvent[], size: number) {
  for (let i = 0; i < events.length; i += size)
    await model.applyMessages(events.slice(i, i + size).map((event) => Buffer.from(JSON.stringify(event))));
}

/** Tokens with ids from `first` on enter a group. @param count a multiple of 500 */
export function entering(tokenGroupId: number, first: number, count: number): CloudEvent[] {
  return Array.from({ length: count / TOKENS_AT_ONCE }, (_, lot) => {
    const tokenIds = Array.from({ length: TOKENS_AT_ONCE }, (__, i) => first + lot * TOKENS_AT_ONCE + i);
    return aMembershipEvent('token-group.tokens-added', { tokenGroupId, version: lot + 1, tokenIds });
  });
}
