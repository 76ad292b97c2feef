import type { Instant } from '#token-contract/instant.js';

/** The events depend on these options alone: the same options give the same events, byte for byte. */
export interface SeedOptions {
  readonly tokens: number;
  /** The number of customers to draw the tokens for; customer 1 is the largest. Default: `defaultCustomers(tokens)`. */
  readonly customers?: number | undefined;
  /** From 0 to 2^32 - 1. */
  readonly seed: number;
  /** The instant that decides which tokens are expired or not yet valid; every other time is relative to it. */
  readonly at: Instant;
}

/** A sixth of the tokens: the median customer with tokens then has one or two. */
export function defaultCustomers(tokens: number): number {
  return Math.max(1, Math.round(tokens / 6));
}
