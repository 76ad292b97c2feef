import { aGroupDeletion, aMembershipEvent, type CloudEvent } from '../../../test/support/builders.js';

/** The most tokens that one event may name. */
export const TOKENS_PER_EVENT = 1_000;
export const ADDITIONS = 200;

/** Larger than the group ids of the seed. */
const LARGE_GROUP = 1_000_000;
const FIRST_OTHER_GROUP = LARGE_GROUP + 1;
/** Higher than the version of any addition. */
const DELETED = 1_000_000;

/**
 * Group events for the tokens 1 to `tokens`. Their times are before the lone events, so that these stay the newest in the list. The
 * deletion has the latest time of them: it changes the members' `updatedAt`.
 */
export class HeavyEvents {
  private readonly begunAt = Date.now();

  constructor(private readonly tokens: number) {}

  /** The first tokens become members of the group that will be deleted. */
  filling(tokens: number): CloudEvent[] {
    return Array.from({ length: Math.ceil(tokens / TOKENS_PER_EVENT) }, (_, nth) => this.addition(LARGE_GROUP, nth));
  }

  /** Each event changes other tokens. If there are too few tokens, they become members of several groups. */
  additions(): CloudEvent[] {
    return Array.from({ length: ADDITIONS }, (_, nth) => {
      const round = Math.floor((nth * TOKENS_PER_EVENT) / this.tokens);
      return this.addition(FIRST_OTHER_GROUP + round, nth);
    });
  }

  deletion(): CloudEvent {
    return aGroupDeletion({ tokenGroupId: LARGE_GROUP, version: DELETED }, { time: this.secondsBefore(30) });
  }

  private addition(tokenGroupId: number, nth: number): CloudEvent {
    const first = nth * TOKENS_PER_EVENT;
    const tokenIds = Array.from({ length: TOKENS_PER_EVENT }, (_, i) => 1 + ((first + i) % this.tokens));
    return aMembershipEvent(
      'token-group.tokens-added',
      { tokenGroupId, version: nth + 1, tokenIds },
      { time: this.secondsBefore(60) },
    );
  }

  private secondsBefore(seconds: number): string {
    return new Date(this.begunAt - seconds * 1_000).toISOString();
  }
}
