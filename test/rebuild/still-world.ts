import { aMembershipEvent, aTokenEvent } from '../support/builders.js';
import { publish } from '../support/publish.js';
import type { TestStream } from '../support/stream.js';

/** How many tokens are rebuilt: `REBUILD_TOKENS=100000 npx jest ...` for the full size. */
const TOKENS = Number(process.env['REBUILD_TOKENS'] ?? 10_000);
/** Owns the tokens 1 to 200. */
export const STILL_CUSTOMER = 1_000;
const PER_CUSTOMER = 200;
const LOT = 5_000;

/** Tokens that nobody changes afterwards, of many customers, every tenth in a group. @returns the last sequence */
export async function publishStillWorld(stream: TestStream): Promise<number> {
  let last = 0;
  for (let from = 1; from <= TOKENS; from += LOT) {
    const ids = Array.from({ length: Math.min(LOT, TOKENS - from + 1) }, (_, i) => from + i);
    const tokens = ids.map((id) =>
      aTokenEvent('token.created', { id, customerId: STILL_CUSTOMER + Math.floor((id - 1) / PER_CUSTOMER) }),
    );
    const tokenIds = ids.filter((id) => id % 10 === 0);
    const group = aMembershipEvent('token-group.tokens-added', { tokenGroupId: 1_000 + from, tokenIds });
    last = await publish(stream, [...tokens, group]);
  }
  return last;
}
